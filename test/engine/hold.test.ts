import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { STAMP_BYTES } from '../../src/engine/echoes.ts'
import { hold } from '../../src/engine/hold.ts'
import { complete, date, keepWords, type Observation, type Words } from '../../src/engine/observation.ts'
import { newCluster, newMember } from '../../src/engine/state.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const cluster = newCluster('demo')
const origin = { at: (line: number) => ({ file: 'demo.log', line }) }

interface Line {
  /** Ms behind the first minute. */
  readonly at: number
  readonly words: Words
  /** Whether it is placed as an echo, where that may be chosen. */
  readonly echoed: boolean
}

/** What a member repeats, with a stamp of 24 bytes before it. */
function wordsOf(member: string, message: string): Words {
  const text = encoder.encode(`${'0'.repeat(STAMP_BYTES)}INFO: ${message}`)
  return {
    cluster,
    member: newMember(cluster, member),
    entry: null,
    program: 'patroni',
    level: 'INFO',
    paused: false,
    text,
    stamp: STAMP_BYTES,
    bounds: new Int32Array(0),
    said: null,
  }
}

const PHRASES = ['pg-0', 'pg-1', 'pg-2'].flatMap((member) => ['one', 'two'].map((text) => wordsOf(member, text)))

function stampOf(at: number): string {
  return `2026-01-10 00:00:${(at / 1000).toFixed(3).padStart(6, '0').replace('.', ',')} `
}

/** Places lines; which of them were there already, and what came out in order. */
function journey(lines: readonly Line[], echoes: boolean): { placed: readonly boolean[]; out: readonly string[] } {
  const held = hold(newCluster(''), () => 0)
  const placed = lines.map(({ at, words, echoed }, line) => {
    const bytes = encoder.encode(stampOf(at))
    if (echoes && echoed) return held.echo(words, at, origin, line, 0, bytes, 0)
    const observation = held.take()
    Object.assign(observation, {
      cluster,
      member: words.member,
      entry: null,
      program: 'patroni',
      origin,
      line,
      index: 0,
    })
    keepWords(observation, { bytes, from: 0, to: 0, messageFrom: 0, messageTo: 0 }, words)
    date(observation, at)
    return held.place(observation)
  })
  const out: string[] = []
  while (held.due() < Number.POSITIVE_INFINITY) {
    const due = held.due()
    const observation = held.shift()
    out.push(`${due} ${said(observation)}`)
    held.release(observation)
  }
  return { placed, out }
}

function said(observation: Observation): string {
  complete(observation)
  const { time, line, bytes, from, to, member } = observation
  return `${time} ${line} ${member?.name} ${decoder.decode(bytes.subarray(from, to))}`
}

const line = fc.record({
  at: fc.integer({ min: 0, max: 40 }),
  words: fc.constantFrom(...PHRASES),
  echoed: fc.boolean(),
})

describe('the hold buffer', () => {
  it('keeps a line that is repeated as it keeps any other: the same order, the same ones said twice', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 120 }), (lines) => {
        assert.deepEqual(journey(lines, true), journey(lines, false))
      }),
    )
  })

  it('gives an echo as it was placed, with its stamp', () => {
    const held = hold(newCluster(''), () => 0)
    const [words] = PHRASES as [Words]
    held.echo(words, 7, origin, 3, 1, encoder.encode(`>>${stampOf(7)}`), 2)
    assert.equal(held.due(), 7)
    assert.ok(held.echoed())
    const { time, line, index, words: repeated } = held.repeated
    assert.deepEqual([time, line, index, repeated === words], [7, 3, 1, true])
    assert.match(said(held.shift()), /2026-01-10 00:00:00,007 INFO: one$/)
  })

  it('has room for as many as come', () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => ({
      at,
      words: PHRASES[at % 6] as Words,
      echoed: at % 3 > 0,
    }))
    assert.deepEqual(journey(lines, true), journey(lines, false))
  })
})
