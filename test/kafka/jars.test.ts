/** Where the broker of the tests comes from. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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
