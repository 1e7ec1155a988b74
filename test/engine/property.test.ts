/**
 * The story does not depend on how its records arrive: late within the bound, in batches of any size, twice, cut short.
 * Stories are made up by fast-check of things that happen to a cluster at random seconds.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LATENESS } from '../../src/replay/configure.ts'
import { jsonLine } from '../../src/report/jsonl.ts'
import { EPOCH, type Record } from '../../src/story/node.ts'
import { type Delivery, type Telling, type Told, tell } from '../../src/story/tell.ts'
import { type ClusterStory, demo } from '../story.ts'

type Happening = (story: ClusterStory, t: number) => ClusterStory

/** What may happen; each is complete in itself, so that any of them may follow any other. */
const HAPPENINGS: Readonly<{ [name: string]: Happening }> = {
  'the replica is cut off for a minute': (story, t) => story.freeze('pg-1', t).stream('pg-1', t + 60),
  'a blip of 9 s': (story, t) => story.freeze('pg-2', t).thaw('pg-2', t + 9),
  'a query holds replay': (story, t) => story.freezeReplay('pg-1', t).thaw('pg-1', t + 50),
  'upstream removed': (story, t) => story.removeUpstream('pg-2', t).stream('pg-2', t + 70),
  'stale view': (story, t) => story.staleView('pg-2', t).freshView('pg-2', t + 65),
  'failsafe outage': (story, t) => story.dcsOutage(t, t + 45),
  'outage without failsafe': (story, t) => story.dcsOutage(t, t + 35, { failsafe: false }),
  'metrics vanish': (story, t) => story.metricsVanish(t, 'pg-1').metricsReturn(t + 80, 'pg-1'),
  'nothing is measured': (story, t) => story.metricsVanish(t).metricsReturn(t + 310),
  'it names another': (story, t) => story.names('pg-2', 'pg-1', t).names('pg-2', 'pg-0', t + 70),
  'logs vanish': (story, t) => story.logsVanish(t, 'pg-2').logsReturn(t + 80, 'pg-2'),
  'idle for a while': (story, t) => story.primaryIdle(t).writes(1, t + 60),
  'a burst': (story, t) => story.writes(80, t).writes(1, t + 20),
  restart: (story, t) => story.restart('pg-1', t),
  'Patroni dies': (story, t) => story.patroniDies('pg-1', t).patroniReturns('pg-1', t + 75),
  pause: (story, t) => story.pause(t).resume(t + 40),
  crash: (story, t) => story.crash('pg-0', t, 12),
  'WAL missing': (story, t) => story.walMissing('pg-1', t).stream('pg-1', t + 90),
  'a restart after a long checkpoint': (story, t) => story.restart('pg-0', t, 45),
  'no answer of its PostgreSQL': (story, t) =>
    during(story, 'pg-0', t, t + 75, 'Error communicating with PostgreSQL. Will try again later'),
  'it tries for the lock in vain': (story, t) =>
    during(story, 'pg-2', t, t + 35, 'following new leader after trying and failing to obtain lock'),
  'promoted by hand': (story, t) =>
    during(story, 'pg-2', t, t + 15)
      .postgresSays('pg-2', t, 'received promote request')
      .postgresSays('pg-2', t + 0.1, 'database system is ready to accept connections')
      .says('pg-2', t + 4, 'Demoting self (immediate-nolock)')
      .postgresSays('pg-2', t + 4.1, 'received immediate shutdown request')
      .postgresSays('pg-2', t + 9, 'database system is ready to accept read-only connections'),
  diverged: (story, t) => story.timelineDiverged('pg-2', t).stream('pg-2', t + 70),
}

/** A member ends each cycle with this line for a while, or says nothing. */
function during(story: ClusterStory, member: string, from: number, to: number, line?: string): ClusterStory {
  return story
    .changes(from, (world) => {
      const node = world.node(member)
      node.cycle = (now) => {
        if (line !== undefined) world.patroni(node, now, line)
      }
    })
    .changes(to, (world) => {
      world.node(member).cycle = null
    })
}

/** At the end the leadership moves, once. */
const ENDINGS: Readonly<{ [name: string]: Happening }> = {
  nothing: (story) => story,
  switchover: (story, t) => story.switchover('pg-1', t),
  'the leader dies': (story, t) => story.leaderDies(t, 'pg-1'),
  'the lock is refused': (story, t) => story.lockRefused(t, 20, 'pg-2'),
  'two primaries': (story, t) => story.twoPrimaries(t, 'pg-1').wakesAndDemotes('pg-0', t + 70),
  'the leader is stopped': (story, t) => story.gracefulStop('pg-0', t, 'pg-1').start('pg-0', t + 60),
}

interface Plot {
  readonly happenings: readonly (readonly [name: string, t: number])[]
  readonly ending: string
  readonly sampling: number
  /** Whether anything is measured. */
  readonly measured: boolean
}

const plots: fc.Arbitrary<Plot> = fc.record({
  happenings: fc.array(fc.tuple(fc.constantFrom(...Object.keys(HAPPENINGS)), fc.integer({ min: 40, max: 300 })), {
    minLength: 1,
    maxLength: 4,
  }),
  ending: fc.constantFrom(...Object.keys(ENDINGS)),
  sampling: fc.constantFrom(5, 10, 15, 30),
  measured: fc.boolean(),
})

function storyOf({ happenings, ending, sampling, measured }: Plot): ClusterStory {
  let story = demo().sampledEvery(sampling)
  if (!measured) story = story.logsOnly()
  for (const [name, t] of happenings) story = (HAPPENINGS[name] as Happening)(story, t)
  return (ENDINGS[ending] as Happening)(story, 420).until(620)
}

/** The story as the reader gets it. */
function bytes(told: Told): string {
  return told.effects.map(jsonLine).join('\n')
}

function sameAs(plot: Plot, telling: Telling): void {
  const story = storyOf(plot)
  same(bytes(tell(story, telling)), bytes(tell(story)))
}

/** Equal line by line; the first that differs is shown alone. */
function same(told: string, expected: string): void {
  if (told === expected) return
  const [a, b] = [told.split('\n'), expected.split('\n')]
  const at = a.findIndex((line, index) => line !== b[index])
  assert.equal(a[at < 0 ? b.length : at], b[at < 0 ? a.length : at])
}

/** Arrival of each record, late by less than the bound. */
function late(lags: readonly number[]): NonNullable<Telling['deliver']> {
  return (records) => records.map((record, index) => ({ record, arrival: record.time + lagOf(lags, index) }))
}

function lagOf(lags: readonly number[], index: number): number {
  return (lags[index % lags.length] as number) % LATENESS
}

const lagLists = fc.array(fc.integer({ min: 0, max: LATENESS - 1 }), { minLength: 3, maxLength: 97 })
const few = { numRuns: 25 }
const property = <T>(arbitrary: fc.Arbitrary<T>, holds: (plot: Plot, value: T) => void): void =>
  fc.assert(fc.property(plots, arbitrary, holds), few)

describe('the same records tell the same story', () => {
  it('told twice: the same bytes', () => property(fc.constant(null), (plot) => sameAs(plot, {})))

  it('arriving in any order within the lateness bound', () =>
    property(lagLists, (plot, lags) => sameAs(plot, { deliver: late(lags) })))

  it('decided in steps of any size', () =>
    property(fc.constantFrom(1, 250, 3_000, 17_000, 100_000, 1e9), (plot, batch) => sameAs(plot, { batch })))

  it('each of them twice', () =>
    property(lagLists, (plot, lags) => {
      const twice = (records: readonly Record[]): readonly Delivery[] => [
        ...records.map((record) => ({ record, arrival: record.time })),
        ...late(lags)(records),
      ]
      sameAs(plot, { deliver: twice })
    }))

  it('by engines that know only the snapshot of the one before', () =>
    property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 12 }), (plot, restarts) =>
      sameAs(plot, { restarts: new Set(restarts) }),
    ))

  it('cut at any second: nothing is decided with later knowledge', () =>
    property(fc.integer({ min: 60, max: 600 }), (plot, cut) => {
      const story = storyOf(plot)
      const until = EPOCH + cut * 1000
      const whole = tell(story).effects.filter(({ time }) => time <= until)
      const deliver = (records: readonly Record[]): readonly Delivery[] =>
        records.flatMap((record) => (record.time <= until ? [{ record, arrival: record.time }] : []))
      const part = tell(story, { deliver, end: cut })
      same(bytes(part), whole.map(jsonLine).join('\n'))
    }))
})

describe('asking only when the picture changed or a deadline came', () => {
  it('is the same as asking every rule at every point of the grid', () =>
    property(fc.constant(null), (plot) => sameAs(plot, { checkAll: true })))
})
