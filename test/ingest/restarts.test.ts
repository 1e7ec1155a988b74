import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { restartsAmong } from '../../src/ingest/restarts.ts'

const MINUTE = 60_000

function stamp(minute: number): string {
  return new Date(Date.UTC(2026, 2, 4) + minute * MINUTE).toISOString().slice(0, 19).replace('T', ' ')
}

const patroni = (minute: number) => [`${stamp(minute)},100 INFO: no action. I am (db-1), the leader with the lock`]
const postgres = (minute: number) => [`${stamp(minute)}.100 UTC [71] LOG:  checkpoint starting: time`]
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

function begins(glimpses: readonly (readonly string[])[], zone = 'UTC'): readonly number[] {
  return restartsAmong(glimpses, zone)
}

describe('glimpses of a text that is one log', () => {
  it('time goes on', () => {
    assert.deepEqual(begins(minutes(0, 60).map(patroni)), [])
  })

  it('one glimpse that lies back is an outlier', () => {
    assert.deepEqual(begins([...minutes(0, 30).map(patroni), patroni(3), ...minutes(31, 60).map(patroni)]), [])
  })

  it('newest first', () => {
    assert.deepEqual(begins(minutes(0, 60).reverse().map(patroni)), [])
  })

  it('writers in turn of which one is an hour behind', () => {
    assert.deepEqual(begins(minutes(60, 120).map((at) => patroni(at % 2 === 0 ? at : at - 60))), [])
  })

  it('two clocks: PostgreSQL in UTC, Patroni in the local time', () => {
    assert.deepEqual(begins(minutes(120, 180).flatMap((at) => [patroni(at), postgres(at - 120)])), [])
  })

  it('a statement over several lines quotes an older log', () => {
    const quoted = patroni(1).map((line) => `\t${line}`)
    assert.deepEqual(begins([...minutes(10, 40).map(patroni), quoted, quoted, ...minutes(41, 60).map(patroni)]), [])
  })

  it('a statement in a csvlog holds times of its rows', () => {
    const rows = minutes(0, 5).map((minute) => [`insert into visits values ('${stamp(minute)}', 'db-1'),`])
    assert.deepEqual(begins([...minutes(10, 40).map(postgres), ...rows, ...minutes(41, 60).map(postgres)]), [])
  })

  it('the hour that comes twice', () => {
    const autumn = [...minutes(0, 180), ...minutes(120, 240)].map((minute) => patroni(minute)[0] as string)
    const night = autumn.map((line) => [line.replace('2026-03-04', '2026-10-25')])
    assert.deepEqual(begins(night, 'Europe/Berlin'), [])
    assert.deepEqual(begins(night, 'UTC'), [180])
  })
})

describe('glimpses of logs put one behind the other', () => {
  it('another begins where time starts again and goes on from there', () => {
    assert.deepEqual(begins([...minutes(0, 30), ...minutes(0, 30), ...minutes(10, 20)].map(patroni)), [30, 60])
  })

  it('the last is so short that one glimpse is all of it', () => {
    assert.deepEqual(begins([...minutes(0, 30), 2].map(patroni)), [30])
  })

  it('readings', () => {
    const poll = (minute: number) => [`{"t":${1767225600 + 60 * minute}.25,"member":"db-1","path":"/patroni"`]
    assert.deepEqual(begins([...minutes(0, 30), ...minutes(0, 30)].map(poll)), [30])
  })
})
