import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { objectCache, spanCache } from '../../../src/ingest/envelopes/spans.ts'

const encoder = new TextEncoder()
const MEMBERS = 200

describe('what is known by its bytes', () => {
  it('are the objects of a fleet', () => {
    const objects = objectCache()
    const all = Array.from({ length: MEMBERS }, (_, at) =>
      encoder.encode(`{"pod":"pg-${at}","of":"${'x'.repeat(100)}"}`),
    )
    const kept = all.map((bytes) => objects.keep(bytes, 0, bytes.length))
    const found = all.map((bytes) => objects.find(bytes, new DataView(bytes.buffer), 0, bytes.length))
    const lost = found.filter((one, at) => one === null || one !== kept[at])
    assert.ok(lost.length < MEMBERS / 50, `${lost.length} of ${MEMBERS} pushed out`)
  })

  it('are the writers of objects that were numbered one after the other', () => {
    const writers = spanCache<number>()
    const none = new Uint8Array(0)
    const spans = (id: number) => Int32Array.of(id, -1)
    for (let id = 1; id <= MEMBERS; id++) writers.keep(none, spans(id), 1, id)
    for (let id = 1; id <= MEMBERS; id++)
      assert.equal(writers.find(none, new DataView(none.buffer), spans(id), 1), id, `object ${id}`)
  })

  it('are two that share a slot, in turn', () => {
    const writers = spanCache<number>()
    const none = new Uint8Array(0)
    // Numbers so far apart that their slots are the same.
    const ids = [1, 1 + 4096 * 8192]
    for (const id of ids) writers.keep(none, Int32Array.of(id, -1), 1, id)
    const found = ids.map((id) => writers.find(none, new DataView(none.buffer), Int32Array.of(id, -1), 1))
    assert.deepEqual(found, ids)
  })
})
