/**
 * What positions prove, reading by reading: two members are compared only when bracketed, and nothing that is missing,
 * doubled, late, or of another timeline, postmaster or role is taken for standing still.
 */
import { describe, it } from 'node:test'
import { MIB, ms, type Record } from '../../src/story/node.ts'
import { type ClusterStory, type Story, story } from '../story.ts'

type Body = { [key: string]: unknown }

interface Position {
  /** MiB. */
  readonly at: number
  /** Replayed, MiB; as received unless told. */
  readonly replayed?: number
  readonly timeline?: number
  /** Start of the postmaster, s. */
  readonly start?: number
  readonly more?: Body
}

function body(role: string, { timeline = 1, start = -3600, more = {} }: Position, xlog: object | undefined): object {
  return {
    state: 'running',
    role,
    postmaster_start_time: new Date(ms(start)).toISOString(),
    ...(xlog === undefined ? {} : { xlog }),
    timeline,
    patroni: { version: '3.0.2', scope: 'demo' },
    ...more,
  }
}

const GIB = 1024
const bytes = (mib: number): number => Math.round((GIB + mib) * MIB)

function reading(t: number, member: string, of: object): Record {
  return { time: ms(t), member, path: '/patroni', body: of }
}

/** `/patroni` of a primary that has written so far. */
function primary(t: number, position: Position, member = 'pg-0'): Record {
  return reading(t, member, body('master', position, { location: bytes(position.at) }))
}

/** `/patroni` of a replica that has received, and replayed, so far. */
function replica(t: number, position: Position, member = 'pg-1'): Record {
  const { at, replayed = at } = position
  const xlog = { received_location: bytes(at), replayed_location: bytes(replayed), paused: false }
  return reading(t, member, body('replica', position, xlog))
}

/** Each of so many seconds. */
function every(step: number, from: number, to: number, make: (t: number) => readonly Record[]): Record[] {
  const all: Record[] = []
  for (let t = from; t <= to; t += step) all.push(...make(t))
  return all
}

function tale(records: readonly Record[], end: number, rule = 'replica-stalled'): Story {
  const told = { name: 'demo', records: () => records, end, config: undefined } as unknown as ClusterStory
  return story(rule, told)
}

/** A pair read each 10 s: the primary writes 1 MiB/s, the replica has it, until something else is said. */
const pair = (from: number, to: number, behind: (t: number) => Position = (t) => ({ at: t })): Record[] =>
  every(10, from, to, (t) => [primary(t, { at: t }), replica(t + 0.5, behind(t))])

describe('two members are compared', () => {
  it('when the source was read at or before the replica: a burst between two readings is no gap', () => {
    const burst = every(10, 0, 300, (t) => [replica(t, { at: 60 * t }), primary(t + 9, { at: 60 * (t + 9) })])
    tale(burst, 330, 'wal-backlog').neverFires()
    tale(burst, 330).neverFires()
  })

  it('and what an idle source wrote a moment ago may be on its way', () => {
    const idle = pair(0, 190, () => ({ at: 0 })).map((record) =>
      record.member === 'pg-0' ? primary((record.time - ms(0)) / 1000, { at: 0 }) : record,
    )
    const begun = [
      primary(200, { at: 40 }),
      replica(200.4, { at: 0 }),
      primary(210, { at: 50 }),
      replica(210.5, { at: 50 }),
    ]
    tale([...idle, ...begun], 260)
      .neverFires()
      .neverShows('pg-1', 'replication', 'stopped')
  })

  it('but not for long', () => {
    const idle = every(10, 0, 190, (t) => [primary(t, { at: 0 }), replica(t + 0.5, { at: 0 })])
    const begun = every(10, 200, 300, (t) => [primary(t, { at: t - 160 }), replica(t + 0.5, { at: 0 })])
    tale([...idle, ...begun], 330)
      .notBefore(205)
      .firesBy(235)
  })

  it('not when the replica is on a newer timeline', () => {
    tale(
      pair(0, 300, (t) => (t < 100 ? { at: t } : { at: 100, timeline: 2 })),
      330,
    ).neverFires()
  })

  it('as usual when it is on an older one', () => {
    const after = (t: number): Record[] => [primary(t, { at: t, timeline: 2 }), replica(t + 0.5, { at: 100 })]
    tale([...pair(0, 100), ...every(10, 110, 300, after)], 330).firesBy(170)
  })

  it('also when they are read each two minutes', () => {
    const seldom = every(120, 0, 1800, (t) => [primary(t, { at: t }), replica(t + 7, { at: Math.min(t, 600) })])
    tale(seldom, 2000).notBefore(700).firesBy(1100)
  })

  it('not with a source that is read no more', () => {
    const alone = every(10, 110, 900, (t) => [replica(t + 0.5, { at: 100 })])
    tale([...pair(0, 100), ...alone], 930).neverFires()
  })
})

describe('standing still', () => {
  it('is not what was not read: bodies without positions', () => {
    const empty = every(10, 110, 300, (t) => [
      primary(t, { at: t }),
      reading(t + 0.5, 'pg-1', body('replica', { at: 0 }, undefined)),
    ])
    tale([...pair(0, 100), ...empty], 330)
      .neverFires()
      .neverShows('pg-1', 'replication', 'stopped')
  })

  it('begins anew with another postmaster', () => {
    const restarted = (t: number): Position => (t < 100 ? { at: Math.min(t, 90) } : { at: 90, start: 99 })
    tale(pair(0, 100, restarted), 102).neverFires()
    tale(pair(0, 200, restarted), 230)
      .notBefore(115)
      .firesBy(140)
  })

  it('is not begun by a reading that came twice, or late', () => {
    const records = pair(0, 300)
    const doubled = records.flatMap((record) => [record, record])
    tale(doubled, 330).neverFires()
    const late = replica(250.5, { at: 20 })
    tale([...records, { ...late, time: ms(100.5) } as Record], 330).neverFires()
  })

  it('is not ended by a position that falls when it was rewound, but by one that moves twice', () => {
    const stalled = pair(0, 200, (t) => ({ at: Math.min(t, 100) }))
    const fallen = pair(210, 220, () => ({ at: 80, start: 205 }))
    tale([...stalled, ...fallen], 226)
      .firesBy(150)
      .stillFiringAt(226)
    const streams = pair(230, 400, (t) => ({ at: t - 1, start: 205 }))
    tale([...stalled, ...fallen, ...streams], 430)
      .firesBy(150)
      .resolvedBy(300)
  })

  it('is not what a primary does that was demoted, nor its own former replica', () => {
    const switched = (t: number): Record[] => [
      replica(t, { at: t, timeline: 2, start: 100 }, 'pg-0'),
      primary(t + 0.5, { at: t, timeline: 2 }, 'pg-1'),
    ]
    tale([...pair(0, 100), ...every(10, 110, 400, switched)], 430).neverFires()
  })

  it('of a primary without writes is no verdict', () => {
    tale(
      every(10, 0, 900, (t) => [primary(t, { at: 10 + t / 20_000 }), replica(t + 0.5, { at: 10 })]),
      930,
    ).neverFires()
  })

  it('of a counter at 0 is no verdict: a replica that has no position yet', () => {
    const none = every(10, 110, 300, (t) => [primary(t, { at: t }), replica(t + 0.5, { at: -GIB })])
    tale([...pair(0, 100), ...none], 330).neverFires()
  })

  it('of the replay is told from that of the receiver', () => {
    const held = pair(0, 300, (t) => ({ at: t, replayed: Math.min(t, 100) }))
    tale(held, 330).firesBy(200).severityAt(210, 'warning').neverShows('pg-1', 'replication', 'stopped')
  })

  it('of a paused replay is a warning that names the pause', () => {
    const paused = every(10, 110, 300, (t) => {
      const xlog = { received_location: bytes(t), replayed_location: bytes(100), paused: true }
      return [primary(t, { at: t }), reading(t + 0.5, 'pg-1', body('replica', { at: t }, xlog))]
    })
    tale([...pair(0, 100), ...paused], 330)
      .says(/paused/)
      .severityAt(300, 'warning')
  })
})

describe('an archive', () => {
  const nostream = { more: { tags: { nostream: true } } }
  it('moves a replica by whole segments: that is no stand-still', () => {
    const jumps = pair(0, 600, (t) => ({ at: 16 * Math.floor(t / 16 - 1), ...nostream }))
    tale(jumps, 630).neverFires()
  })

  it('that jumped once is not streaming: the alert stays', () => {
    const once = pair(0, 400, (t) => ({ at: t < 300 ? Math.min(t, 100) : 116 }))
    tale(once, 430).firesBy(150).stillFiringAt(430)
  })
})

describe('a streaming flag', () => {
  const flagged = (up: boolean): Body => ({
    patroni: { version: '4.0.7', scope: 'demo' },
    ...(up ? { replication_state: 'streaming' } : {}),
  })
  const alone = (t: number): readonly Record[] => [
    replica(t, { at: Math.min(t, 100), more: flagged(t < 110 || t > 130) }),
  ]

  it('that is down tells a stop, and up again its end, where nothing moves and no source is read', () => {
    tale(every(10, 0, 200, alone), 230)
      .shows('pg-1', 'replication', 'stopped', 110, 111)
      .shows('pg-1', 'replication', 'streaming', 140, 151)
  })
})
