/** The promise that live tells what replay tells, on the pure road: no broker, but every order of events a broker allows. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import type { Effect } from '../../src/model/effect.ts'
import { jsonLine } from '../../src/report/jsonl.ts'
import { root } from '../../src/root.ts'
import { replayed } from '../golden/story.ts'
import { newCorrelator, type Road, travel } from './road.ts'
import { type Shipped, shipped, storyOf } from './shipped.ts'

const SHELF = join(root, 'samples', 'incidents')
const INCIDENTS = await readdir(SHELF)

interface Recorded {
  readonly lines: readonly Shipped[]
  readonly story: readonly string[]
  readonly until: number
}

const recorded = new Map<string, Recorded>()

before(async () => {
  for (const name of INCIDENTS) {
    const lines = await shipped(join(SHELF, name))
    const until = (lines.at(-1) as Shipped).time
    recorded.set(name, { lines, until, story: storyOf(await replayed(join(SHELF, name)), until) })
  }
})

/** An input partition for each file, as keyed records come. */
function keyed(lines: readonly Shipped[]): readonly (readonly Shipped[])[] {
  return [...Map.groupBy(lines, ({ file }) => file).values()]
}

const inTurn = (left: readonly number[]): number => left.findIndex((count) => count > 0)

function same(name: string, road: Omit<Road, 'inputs'>, inputs?: Road['inputs']): void {
  const { lines, story, until } = recorded.get(name) as Recorded
  const travelled = travel({ inputs: inputs ?? keyed(lines), ...road })
  assert.deepEqual(storyOf(travelled.effects, until), story)
}

describe('frames through a correlator tell what the replay of the files tells', () => {
  for (const name of INCIDENTS) {
    it(`${name}: one input after the other`, () => same(name, { batch: () => 50, next: inTurn }))
  }
})

describe('arrival times', () => {
  it('show a clock that is ahead of the broker, and change nothing else', () => {
    const { lines, story, until } = recorded.get('stale-watch-after-failsafe') as Recorded
    const appended = ({ member, time }: Shipped): number => time + (member === 'acid-orders-1' ? -5_000 : 300)
    const { effects } = travel({ inputs: keyed(lines), batch: () => 50, next: inTurn, appended })
    const skewed = effects.filter((effect) => effect.kind === 'alert' && effect.rule === 'clock-skewed')
    assert.deepEqual(
      skewed.map(({ member }) => member),
      ['acid-orders-1'],
    )
    const others = effects.filter((effect) => !skewed.includes(effect))
    assert.deepEqual(storyOf(others, until), story)
  })
})

describe('a shipper ten minutes late', () => {
  it('is waited for by nobody, and its lines change no earlier verdict', () => {
    const { lines, until } = recorded.get('stale-watch-after-failsafe') as Recorded
    const late = (line: Shipped): boolean => line.member === 'acid-orders-0'
    const others = lines.filter((line) => !late(line))
    const road = { batch: () => 50, next: inTurn, inputs: keyed(others) }
    const { effects, before } = travel({ ...road, late: lines.filter(late) })
    assert.deepEqual(effects.slice(0, before), travel(road).effects)
    assert.ok(effects.length > before, 'its lines are used')
    for (const { time } of effects.slice(before)) assert.ok(time >= until)
  })
})

const few = { numRuns: 6 }
const NAMES = ['silent-stall', 'stale-watch-after-failsafe', 'dcs-outage-without-failsafe']
const chances = fc.array(fc.nat({ max: 999 }), { minLength: 50, maxLength: 50 })

/** Draws from a list, over and over. */
function dice(numbers: readonly number[]): (faces: number) => number {
  let at = 0
  return (faces) => ((numbers[at++ % numbers.length] as number) + Math.floor(at / numbers.length)) % faces
}

describe('whatever the order, the batches, the restarts', () => {
  const property = (holds: (name: string, draw: (faces: number) => number) => void): void =>
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), chances, (name, numbers) => holds(name, dice(numbers))),
      few,
    )
  const any = (draw: (faces: number) => number) => ({
    batch: () => 1 + draw(120),
    next: (left: readonly number[]) => {
      const open = left.flatMap((count, index) => (count > 0 ? [index] : []))
      return open[draw(open.length)] as number
    },
  })

  it('inputs read in any order, in batches of any size', () => property((name, draw) => same(name, any(draw))))

  it('readers die and read again from what they committed', () =>
    property((name, draw) => same(name, { ...any(draw), readerDies: () => draw(4) === 0 })))

  it('correlators die and go on from their snapshot', () =>
    property((name, draw) => same(name, { ...any(draw), correlatorDies: () => draw(5) === 0 })))

  it('every record twice', () =>
    property((name, draw) => {
      const { lines } = recorded.get(name) as Recorded
      same(name, any(draw), keyed(lines.flatMap((line) => [line, line])))
    }))

  it('the journal, read again, gives the same bytes', () =>
    property((name, draw) => {
      const { lines } = recorded.get(name) as Recorded
      const { effects, journal } = travel({ inputs: keyed(lines), ...any(draw), readerDies: () => draw(6) === 0 })
      const again: Effect[] = []
      const core = newCorrelator((effect) => again.push(effect))
      for (const record of journal) core.take(record)
      assert.equal(again.map(jsonLine).join('\n'), effects.map(jsonLine).join('\n'))
    }))
})
