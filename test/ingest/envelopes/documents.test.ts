import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mayBeDocument, rowsOf } from '../../../src/ingest/envelopes/document.ts'

const ROW = '{"message":"2026-11-22 10:00:00,123 INFO: no action. I am (pg-0), the leader with the lock"}'
const DEEP = 100_000

/** Objects and lists that lie around each other, deeper than a stack of calls. */
const deep = {
  lists: `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  'a row in lists': `${'['.repeat(DEEP)}${ROW}${']'.repeat(DEEP)}`,
  'lists beside a row': `[${ROW},${'['.repeat(DEEP)}${']'.repeat(DEEP)}]`,
  'an object in a row': `[${ROW},{"message":"x","more":${'{"in":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}]`,
  'an object beside a row': `{"message":"x","more":${'{"in":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}\n${ROW}`,
  answers: `${'{"events":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  'entries of a stream': `{"data":{"result":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}`,
}

describe('a document of a log store', () => {
  for (const [name, text] of Object.entries(deep))
    it(`that lies too deep is left as it is: ${name}`, () => {
      mayBeDocument(text, text)
      assert.equal(rowsOf(text), null)
    })

  it('is none when its parts are beyond number: as objects they would fill the memory', () => {
    assert.equal(rowsOf(`[${'{},'.repeat(1_000_000)}${ROW}]`), null)
    assert.equal(rowsOf(`[${'1,'.repeat(16_000_000)}${ROW}]`), null)
    assert.equal(rowsOf(`[${`${ROW},`.repeat(1_000)}${ROW}]`)?.length, 1_001)
  })

  it('may name its columns by anything', () => {
    const columns = '[{"name":{"toString":1,"valueOf":1}},{"name":"Line"},null]'
    assert.deepEqual(rowsOf(`{"tables":[{"columns":${columns},"rows":[[1,"x",2]]}]}`), ['{"":2,"Line":"x"}'])
  })

  it('may be pages, each a list', () => {
    assert.deepEqual(rowsOf(`[[${ROW}],[${ROW}]]`), [ROW, ROW])
  })
})
