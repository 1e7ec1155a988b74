/** Whatever rules and facets ask for is said by some message: an event type that nobody gives would be waited for for ever. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compile } from '../../src/ingest/recognise.ts'
import { loadFacets, loadParsers } from '../../src/io/shelves.ts'
import { EVENT_TYPES } from '../../src/model/event-type.ts'
import { root } from '../../src/root.ts'

const facets = await loadFacets()
const given = new Set<string>(compile(await loadParsers()).entries.map(({ type }) => type))
/** Event types are written so in code: `'replication.started'`. */
const WRITTEN = /'([a-z]+\.[a-z]+(?:-[a-z]+)*)'/g

it('all event types are given', () => {
  assert.deepEqual(
    EVENT_TYPES.filter((type) => !given.has(type)),
    [],
  )
})

describe('event types that a facet reads are given', () => {
  for (const { id, on = {} } of facets)
    it(id, () => {
      assert.deepEqual(
        Object.keys(on).filter((type) => !given.has(type)),
        [],
      )
    })
})

describe('event types that code asks for are given', () => {
  for (const folder of ['rules', 'src/facets', 'src/model'])
    it(folder, async () => {
      for (const file of await readdir(join(root, folder))) {
        const text = await readFile(join(root, folder, file), 'utf8')
        const asked = [...text.matchAll(WRITTEN)].flatMap(([, type]) => type ?? [])
        assert.deepEqual(
          asked.filter((type) => !given.has(type)),
          [],
          file,
        )
      }
    })
})
