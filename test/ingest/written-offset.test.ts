import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DateTime } from 'luxon'
import { writtenOffset } from '../../src/ingest/time.ts'

/** Where an abbreviation is written, in January or in July. */
const PLACES: readonly (readonly [abbreviation: string, place: string, month: number])[] = [
  ['IDT', 'Asia/Jerusalem', 7],
  ['SAST', 'Africa/Johannesburg', 1],
  ['WAT', 'Africa/Lagos', 1],
  ['CAT', 'Africa/Maputo', 1],
  ['EAT', 'Africa/Nairobi', 1],
  ['PKT', 'Asia/Karachi', 1],
  ['WIB', 'Asia/Jakarta', 1],
  ['WITA', 'Asia/Makassar', 1],
  ['WIT', 'Asia/Jayapura', 1],
  ['AKST', 'America/Anchorage', 1],
  ['AKDT', 'America/Anchorage', 7],
  ['HST', 'Pacific/Honolulu', 1],
  ['NST', 'America/St_Johns', 1],
  ['NDT', 'America/St_Johns', 7],
  ['AWST', 'Australia/Perth', 1],
  ['ACST', 'Australia/Adelaide', 7],
  ['ACDT', 'Australia/Adelaide', 1],
  ['AEST', 'Australia/Sydney', 7],
  ['AEDT', 'Australia/Sydney', 1],
  ['NZST', 'Pacific/Auckland', 7],
  ['NZDT', 'Pacific/Auckland', 1],
]

describe('a written zone', () => {
  it('is as far from UTC as the clocks where its abbreviation is written', () => {
    for (const [abbreviation, place, month] of PLACES) {
      const { offset } = DateTime.fromObject({ year: 2026, month, day: 15 }, { zone: place })
      assert.equal(writtenOffset(abbreviation), offset * 60_000, abbreviation)
    }
  })

  it('says nothing where clocks of two zones have the same abbreviation', () => {
    for (const abbreviation of ['IST', 'CST', 'AST']) assert.equal(writtenOffset(abbreviation), undefined, abbreviation)
  })
})
