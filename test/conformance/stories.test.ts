/** Every rule has stories in which it fires, in which it is silent, and in which an input is missing; no story is of a rule that is gone. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadRules } from '../../src/io/shelves.ts'
import { root } from '../../src/root.ts'
import { register, registered } from '../story.ts'

const folder = join(root, 'test', 'rules')
const ids = (await loadRules()).map(({ meta }) => meta.id)
const written = (await readdir(folder)).sort()
await register(written.map((file) => join(folder, file)))

it('there are stories of all rules, and of no others', () => {
  assert.deepEqual(written, ids.map((id) => `${id}.test.ts`).sort())
})

describe('of each rule are some of every kind', () => {
  for (const id of ids)
    it(id, () => {
      const { silent, fires, missing } = registered.get(id) ?? { silent: 0, fires: 0, missing: 0 }
      assert.ok(silent > 0 && fires > 0 && missing > 0, `silent ${silent}, fires ${fires}, missing ${missing}`)
    })
})
