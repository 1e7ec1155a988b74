import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nameShipper } from '../../../src/ingest/envelopes/shipper.ts'
import { decoders } from '../../../src/io/decode/index.ts'
import { NAMES, nameIn } from './names.ts'
import { type Sampled, shipped } from './records.ts'

function nameOf({ value }: Sampled): string {
  return nameShipper(value, decoders())
}

describe('the shipper of a record is named', () => {
  for (const file of Object.keys(NAMES))
    it(file, () => {
      for (const record of shipped(file)) {
        // An empty line without a key is the same from everybody.
        if (record.value.length === 0) continue
        assert.equal(nameOf(record), nameIn(file, record.config), Buffer.from(record.value).toString().slice(0, 200))
      }
    })
})
