/** The image cannot be built where there is no Docker: what it is made of can be held against what it is given. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { packageRoot } from '../src/root.ts'

const read = (name: string): string => readFileSync(join(packageRoot, name), 'utf8')
/** What the first stage makes by itself. */
const MADE = ['dist', 'node_modules']

/** Whether `.dockerignore` keeps a path from the build: of the lines that name it, or a folder above it, the last one counts. */
function isLeftOut(path: string): boolean {
  const names = read('.dockerignore').split('\n').filter(Boolean)
  const last = names.findLast((name) => `${path}/`.startsWith(`${name.replace(/^!/, '')}/`))
  return last !== undefined && !last.startsWith('!')
}

describe('the image', () => {
  /** What the second stage takes from the first. */
  const copied = [...read('Dockerfile').matchAll(/^COPY --from=build \/src\/(\S+)/gm)].map(([, path]) => path as string)

  it('is given all that it copies', () => {
    assert.ok(copied.length > 0)
    for (const path of copied) {
      if (MADE.includes(path)) continue
      assert.ok(existsSync(join(packageRoot, path)), `${path} is not there`)
      assert.ok(!isLeftOut(path), `${path} is left out by .dockerignore`)
    }
  })

  it('is built from patterns that are read here: names of files and folders', () => {
    assert.doesNotMatch(read('.dockerignore'), /[*?[\]\\#]/)
  })

  it('runs what the package has', () => {
    const { files } = JSON.parse(read('package.json'))
    for (const path of copied)
      if (path !== 'package.json' && path !== 'node_modules') assert.ok(files.includes(path), `${path} is not packed`)
  })
})
