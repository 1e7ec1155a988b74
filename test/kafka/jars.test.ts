/** Where the broker of the tests comes from. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { packageRoot } from '../../src/root.ts'
import { container, IMAGE } from './broker/container.ts'
import { centralOf } from './broker/jars.ts'

const mirror = (of: string, more = '') =>
  `<settings><mirrors><!-- <mirror><mirrorOf>*</mirrorOf><url>http://no.example</url></mirror> -->
  <mirror><id>m</id><mirrorOf>${of}</mirrorOf><url>https://maven.example/central/</url>${more}</mirror></mirrors></settings>`

describe('the repository of jars', () => {
  for (const name of ['central', '*', 'external:*', 'snapshots, central'])
    it(`is the mirror that the settings of Maven name for ${name}`, () => {
      assert.equal(centralOf(mirror(name)), 'https://maven.example/central')
    })

  for (const [of, more] of [
    ['jboss', ''],
    ['*,!central', ''],
    ['*', '<blocked>true</blocked>'],
  ] as const)
    it(`is Central where the settings mirror ${of}${more}`, () => {
      assert.match(centralOf(mirror(of, more)), /^https:\/\/repo\.maven\.apache\.org\//)
    })
})

/** That a broker runs in a container is tested by each test that has one, where a Docker engine answers. */
describe('the container of the broker', () => {
  it('is of the image that docker-compose.yml names', () => {
    assert.ok(readFileSync(join(packageRoot, 'docker-compose.yml'), 'utf8').includes(`image: ${IMAGE}\n`))
  })

  it('is none where no Docker engine answers', async () => {
    const { DOCKER_HOST } = process.env
    process.env.DOCKER_HOST = 'unix:///nonexistent/docker.sock'
    try {
      assert.equal(await container(), null)
    } finally {
      if (DOCKER_HOST === undefined) delete process.env.DOCKER_HOST
      else process.env.DOCKER_HOST = DOCKER_HOST
    }
  })
})
