/** Records of one partition of an input on their way into frames: what becomes of each line, and what is said of its writer. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_RULES } from '../../src/ingest/envelopes/identity.ts'
import { recordReader } from '../../src/ingest/envelopes/record-reader.ts'
import { names } from '../../src/ingest/names.ts'
import { compile } from '../../src/ingest/recognise.ts'
import { decoders } from '../../src/io/decode/index.ts'
import { loadParsers } from '../../src/io/shelves.ts'
import { Batch, type Outgoing } from '../../src/journal/batch.ts'
import { Deliveries } from '../../src/journal/delivery.ts'
import { FrameReader } from '../../src/journal/frame-reader.ts'
import { intake, NO_LINES, type Rejected } from '../../src/journal/intake.ts'
import { decodeReading } from '../../src/journal/reading.ts'
import { readingsIntake } from '../../src/journal/readings-intake.ts'
import { type Learned, newStream, selfSeen } from '../../src/journal/stream.ts'

const recogniser = compile(await loadParsers())
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
const T = Date.UTC(2026, 0, 10, 10, 0, 0)
const HEAD = { topic: 'logs', partition: 0, epoch: 1 }

const stamp = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)
const lock = (at: number, self = 'pg-0'): string => `${stamp(at)} INFO: Lock owner: pg-0; I am ${self}`

/** An intake, what it rejects, and a record sent to it. */
function reading(headers: Readonly<Record<string, string>> = { cluster: 'demo', member: 'pg-0' }, partitions = 1) {
  const interned = names()
  const rejects: Rejected[] = []
  const reader = recordReader({ zone: 'UTC', names: interned, decoders: decoders() })
  const batch = new Batch(HEAD, partitions)
  const taken = intake({
    reader,
    recogniser,
    names: interned,
    batch,
    deliveries: new Deliveries(),
    onReject: (reject) => rejects.push({ ...reject, bytes: reject.bytes.slice() }),
  })
  let offset = 4
  return {
    taken,
    rejects,
    send(text: string, timestamp = -1, own = headers): void {
      taken.take(encoder.encode(text), { offset: ++offset, key: null, headers: own, timestamp })
    },
  }
}

/** What the frames say of lines, and of whom they know. */
function told(frames: readonly Outgoing[]) {
  return frames.map(({ value }) => {
    const frame = new FrameReader(value)
    const lines: object[] = []
    while (frame.next()) {
      const { offset, index, time, paused, member, stream } = frame
      const text = decoder.decode(frame.bytes.subarray(frame.from, frame.to))
      lines.push({ offset, index, at: (time - T) / 1000, text, paused, member: member ?? frame.streams[stream]?.known })
    }
    return { lines, known: frame.streams.map(({ known }) => known), heard: [...frame.heard()], tail: frame.tail }
  })
}

describe('lines of a topic', () => {
  it('are counted once each, by what became of them', () => {
    const { taken, send, rejects } = reading()
    send(lock(T))
    send(`${stamp(T + 1_000)} INFO: nobody knows this sentence`)
    send(`${stamp(T + 2_000).replace(',', '.')} UTC [7] LOG:  received SIGHUP, reloading configuration files`)
    send(`${stamp(T + 3_000).replace(',', '.')} UTC [7] ERROR:  no sentence of a cluster at all`)
    send('')
    send(lock(T + 4_000), -1, {})
    const { event, noise, unrecognised, empty, unassigned, rejected, continuation } = taken.counts
    assert.deepEqual(
      { event, noise, unrecognised, empty, unassigned, rejected, continuation },
      { ...NO_LINES, event: 1, noise: 1, unrecognised: 2, empty: 1, unassigned: 1 },
    )
    assert.deepEqual(rejects, [])
    const [frame] = told(taken.frames(T))
    assert.deepEqual(
      frame?.lines.map((line) => ({ ...line, text: undefined })),
      [0, 1].map((at) => ({ offset: 5 + at, index: 0, at, text: undefined, paused: false, member: 'pg-0' })),
    )
    // What means nothing is told by when it came: each writer and slot once.
    assert.deepEqual(
      frame?.heard.map(({ latest, first }) => [latest - T, first - T]),
      [[3_000, 2_000]],
    )
  })

  it('begin each count with none', () => {
    const { taken } = reading()
    assert.deepEqual(taken.counts, {
      event: 0,
      noise: 0,
      unrecognised: 0,
      continuation: 0,
      empty: 0,
      rejected: 0,
      unassigned: 0,
    })
    assert.deepEqual(
      [taken.frontier(), taken.appended(), taken.held()],
      [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY],
    )
  })

  it('are rejected when they are more than an hour ahead of their record, and hold time up in no way', () => {
    const { taken, send, rejects } = reading()
    send(lock(T + 3_600_001), T)
    assert.deepEqual(
      rejects.map(({ reason, offset, index, bytes }) => ({ reason, offset, index, text: decoder.decode(bytes) })),
      [
        {
          reason: `time ${new Date(T + 3_600_001).toISOString()} is more than an hour ahead of its record`,
          offset: 5,
          index: 0,
          text: lock(T + 3_600_001),
        },
      ],
    )
    assert.equal(taken.counts.rejected, 1)
    assert.equal(taken.counts.event, 0)
    assert.equal(taken.frontier(), Number.NaN)
    send(lock(T + 3_600_000), T)
    assert.equal(taken.counts.event, 1)
  })

  it('are rejected with their whole record when that cannot be opened', () => {
    const { taken, send, rejects } = reading()
    send('\u0000\u0001\u0002\u0003')
    assert.deepEqual(
      rejects.map(({ reason, offset, bytes }) => [reason, offset, decoder.decode(bytes)]),
      [['binary, in no known form', 5, '\u0000\u0001\u0002\u0003']],
    )
    assert.deepEqual([taken.counts.rejected, taken.counts.empty], [1, 0])
  })

  it('bring time no further than a minute past their record, where that says when it was appended', () => {
    const { taken, send } = reading()
    send(lock(T))
    assert.equal(taken.frontier(), T)
    send(lock(T + 120_000), T + 10_000)
    assert.equal(taken.frontier(), T + 70_000)
    assert.equal(taken.appended(), T + 10_000)
    // A record without a time was appended when the one before it was, as far as anybody knows.
    send(lock(T + 130_000), -1)
    assert.equal(taken.frontier(), T + 70_000)
    assert.equal(taken.appended(), T + 10_000)
    send(lock(T + 20_000), 0)
    assert.equal(taken.appended(), 0)
  })

  it('say how far their writer lies behind the partition', () => {
    const { taken, send } = reading()
    send(lock(T + 20_000))
    send(lock(T + 5_000, 'pg-1'), -1, { cluster: 'demo', member: 'pg-1' })
    send(lock(T + 4_000, 'pg-1'), -1, { cluster: 'demo', member: 'pg-1' })
    const lags = taken.frames(T).flatMap(({ value }) => new FrameReader(value).streams.map(({ lag }) => lag))
    assert.deepEqual(lags, [0, 15_000])
  })

  it('that mean nothing are told where that changes nothing: no member, a cluster', () => {
    const { taken, send } = reading({ cluster: 'demo' })
    send(`${stamp(T).replace(',', '.')} UTC [7] LOG:  received SIGHUP, reloading configuration files`)
    const [frame] = told(taken.frames(T))
    assert.deepEqual([frame?.known, frame?.heard.length], [[null], 1])
  })
})

describe('the member that lines belong to', () => {
  const known = (taken: ReturnType<typeof reading>['taken']) => told(taken.frames(T)).map((frame) => frame.known)

  it('is the one that all of them name, from the next frame on', () => {
    const { taken, send } = reading({ cluster: 'demo', member: 'host-1' })
    send(lock(T, 'pg-0'))
    const [first] = told(taken.frames(T))
    assert.deepEqual(
      [first?.known, first?.lines.map((line) => (line as { member: string }).member)],
      [['host-1'], ['pg-0']],
    )
    send(lock(T + 1_000, 'pg-0'))
    assert.deepEqual(known(taken), [['pg-0']])
    // A second name: the host ships for many, and each line says for whom.
    send(lock(T + 2_000, 'pg-1'))
    taken.frames(T)
    send(lock(T + 3_000, 'pg-0'))
    assert.deepEqual(known(taken), [['host-1']])
  })

  it('is learned of a name at the head of the message too', () => {
    const { taken, send } = reading({ cluster: 'demo', member: 'host-1' })
    send(`${stamp(T)} INFO: no action. I am (pg-0), the leader with the lock`)
    taken.frames(T)
    send(`${stamp(T + 1_000)} INFO: no action. I am (pg-0), the leader with the lock`)
    assert.deepEqual(known(taken), [['pg-0']])
  })

  it('is the one that the record names where none of them says more', () => {
    const { taken, send } = reading()
    send(`${stamp(T)} INFO: nobody knows this sentence`)
    assert.deepEqual(known(taken), [['pg-0']])
  })
})

describe('lines that are repeated', () => {
  it('are told alike from the first frame on, each at its own time and place', () => {
    const { taken, send } = reading()
    const texts = [0, 10, 20, 30, 40].map(
      (second) => `${stamp(T + second * 1_000)} INFO: no action. I am (pg-0), the leader with the lock`,
    )
    for (const text of texts.slice(0, 4)) send(text)
    const [first] = told(taken.frames(T))
    send(texts[4] as string)
    const [second] = told(taken.frames(T))
    assert.deepEqual(
      [...(first?.lines ?? []), ...(second?.lines ?? [])],
      texts.map((text, at) => ({ offset: 5 + at, index: 0, at: at * 10, text, paused: false, member: 'pg-0' })),
    )
  })
})

describe('lines of Patroni', () => {
  it('say whether it is paused; those that mean nothing bring their words with them no further', () => {
    const { taken, send } = reading()
    const paused = `${stamp(T)} INFO: PAUSE: no action. I am (pg-0), the leader with the lock`
    send(paused)
    send(`${stamp(T + 1_000)} INFO: nobody knows this sentence`)
    const [frame] = told(taken.frames(T))
    assert.deepEqual(frame?.lines, [
      { offset: 5, index: 0, at: 0, text: paused, paused: true, member: 'pg-0' },
      { offset: 6, index: 0, at: 1, text: '', paused: false, member: 'pg-0' },
    ])
  })
})

describe('how lines arrive', () => {
  /** Lines each 5 s, appended a second later; the frames' readings. */
  const reports = (headers: Readonly<Record<string, string>>) => {
    const { taken, send } = reading(headers)
    for (let second = 0; second <= 35; second += 5)
      send(`${stamp(T + second * 1_000)} INFO: nobody knows this sentence`, T + second * 1_000 + 1_000)
    const all: unknown[] = []
    for (const { value } of taken.frames(T)) {
      const frame = new FrameReader(value)
      while (frame.next())
        if (frame.reading) all.push([frame.offset, decodeReading(frame.bytes.subarray(frame.from, frame.to))])
    }
    return all
  }

  it('is reported each half minute, with the place of the line that ended it', () => {
    assert.deepEqual(reports({ cluster: 'demo', member: 'pg-0' }), [
      [11, { kind: 'delivery', cluster: 'demo', member: 'pg-0', time: T + 25_000, offset: 0, delay: 0 }],
    ])
  })

  it('is nothing of writers that nobody knows', () => {
    assert.deepEqual(reports({ cluster: 'demo' }), [])
    assert.deepEqual(reports({}), [])
  })
})

describe('frames of a batch', () => {
  it('go to the partition of their cluster, and are closed when they are full', () => {
    const { taken, send } = reading({ cluster: 'demo', member: 'pg-0' }, 4)
    const long = 'x'.repeat(100_000)
    for (let at = 0; at < 12; at++)
      send(`${stamp(T + at * 1_000)} ERROR: Error when fetching backup: pg_basebackup exited with code=1 ${long}`)
    send(lock(T + 20_000))
    const frames = taken.frames(T + 99)
    const lines = told(frames).map(({ lines }) => lines.length)
    assert.equal(new Set(frames.map(({ partition }) => partition)).size, 1)
    assert.ok(frames.every(({ value }) => value.length < 1_000_000))
    assert.equal(
      lines.reduce((sum, count) => sum + count, 0),
      13,
    )
    assert.deepEqual(
      told(frames).map(({ tail }) => tail.now),
      frames.map(() => T + 99),
    )
    assert.equal(told(frames).at(-1)?.tail.frontier, T + 20_000)
    assert.deepEqual(taken.frames(T), [])
  })
})

describe('readings of a topic', () => {
  const rejects: Rejected[] = []
  const metrics = (home: object = {}) => {
    const batch = new Batch(HEAD, 1)
    return readingsIntake({
      names: names(),
      batch,
      decoders: decoders(),
      rules: NO_RULES,
      home,
      format: 'auto',
      onReject: (reject) => rejects.push(reject),
    })
  }
  const capture = (at: number, member = 'pg-0') =>
    encoder.encode(
      JSON.stringify({
        t: at / 1000,
        member,
        path: '/patroni',
        status: 200,
        body: {
          state: 'running',
          role: 'replica',
          xlog: { received_location: 1, replayed_location: 1 },
          patroni: { scope: 'demo', name: member },
        },
      }),
    )
  const meta = (offset: number, timestamp = -1, headers = {}) => ({ offset, key: null, headers, timestamp })

  it('are told with their place, and bring time as far as they go', () => {
    const taken = metrics()
    assert.deepEqual([taken.frontier(), taken.appended(), taken.counts.sample], [Number.NaN, Number.NaN, 0])
    taken.take(capture(T), meta(3))
    taken.take(capture(T + 5_000), meta(4, T + 4_000))
    assert.deepEqual([taken.frontier(), taken.appended(), taken.counts.sample], [T + 4_000, T + 4_000, 2])
    const [frame, ...others] = taken.frames(T)
    assert.equal(others.length, 0)
    const reader = new FrameReader(frame?.value as Uint8Array)
    assert.equal(reader.streams.length, 1)
    const all: unknown[] = []
    while (reader.next()) {
      const { cluster, member, time } = decodeReading(reader.bytes.subarray(reader.from, reader.to))
      all.push([reader.offset, reader.index, cluster, member, time - T])
    }
    assert.deepEqual(all, [
      [3, 0, 'demo', 'pg-0', 0],
      [4, 0, 'demo', 'pg-0', 5_000],
    ])
  })

  it('belong to the cluster that is configured, where they name its scope or none', () => {
    const taken = metrics({ cluster: 'shop/demo' })
    taken.take(capture(T), meta(1))
    const [frame] = taken.frames(T)
    assert.deepEqual(
      new FrameReader(frame?.value as Uint8Array).streams.map(({ cluster }) => cluster),
      ['shop/demo'],
    )
    const other = metrics({ cluster: 'shop/orders' })
    other.take(capture(T), meta(1))
    const [own] = other.frames(T)
    assert.deepEqual(
      new FrameReader(own?.value as Uint8Array).streams.map(({ cluster }) => cluster),
      [null],
    )
  })

  it('belong to the cluster that their record names', () => {
    const taken = metrics({ cluster: 'shop/orders' })
    taken.take(capture(T), meta(1, -1, { cluster: 'bank/demo' }))
    const [frame] = taken.frames(T)
    assert.deepEqual(
      new FrameReader(frame?.value as Uint8Array).streams.map(({ cluster }) => cluster),
      ['bank/demo'],
    )
  })

  it('that are none are rejected, with what they say', () => {
    const taken = metrics()
    taken.take(encoder.encode('{"neither":"nor"'), meta(9))
    taken.take(null, meta(10))
    assert.equal(taken.counts.rejected, rejects.length)
    assert.deepEqual(
      [rejects[0]?.offset, rejects[0]?.index, decoder.decode(rejects[0]?.bytes)],
      [9, 0, '{"neither":"nor"'],
    )
    assert.equal(taken.frontier(), Number.NaN)
  })
})

describe('names that a stream gives itself', () => {
  it('are remembered up to eight', () => {
    const stream = newStream({ cluster: 'demo', member: 'host-1', name: '', known: 'host-1' })
    const learned: Learned[] = []
    for (let name = 0; name < 12; name++) selfSeen(stream, `pg-${name}`, learned)
    selfSeen(stream, 'pg-0', learned)
    assert.deepEqual(
      learned.map(({ member }) => member),
      ['pg-0', ...Array(7).fill('host-1')],
    )
  })
})
