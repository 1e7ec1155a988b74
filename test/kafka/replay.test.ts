/** `patrolog replay kafka:TOPIC`: topics tell what the files tell that were shipped to them. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '../../src/root.ts'
import { type Shipped, storyOfLines } from '../journal/shipped.ts'
import { byFile, type Run, runOf, ship } from '../live/runs.ts'
import { onBroker } from '../live/stage.ts'
import { patrolog, type Ran, type RunOptions } from '../program.ts'
import { send, topicOf } from './help.ts'

const on = onBroker()

interface Said extends Ran {
  readonly lines: readonly string[]
}

/** Replays with the brokers of the test in the environment, or with what is given there. */
async function replay(args: readonly string[], options: RunOptions = {}): Promise<Said> {
  const env = { KAFKA_BROKERS: on.broker.brokers.join(), ...options.env }
  const ran = await patrolog(['replay', ...args, '--format', 'jsonl'], { ...options, env })
  return { ...ran, lines: ran.out.split('\n').filter((line) => line !== '') }
}

async function shippedTo(lines: readonly Shipped[], logs: number, metrics: number, spread = byFile) {
  const topics = { logs: await topicOf(on.kafka, logs), metrics: await topicOf(on.kafka, metrics) }
  await ship(on.kafka, topics, lines, { logs: spread(logs), metrics: spread(metrics) })
  return topics
}

const CHOICE = ['--kinds', 'transition,alert']

describe('replay of topics', { concurrency: 2 }, () => {
  it('tells what the replay of the files tells, of every recorded incident at once', async () => {
    const names = await readdir(join(root, 'samples', 'incidents'))
    const runs = await Promise.all(names.map((name) => runOf(name)))
    const lines = runs.flatMap((run) => run.lines)
    const { logs, metrics } = await shippedTo(lines, 5, 2)
    const { status, lines: out, said } = await replay([`kafka:${logs}`, `kafka:${metrics}`, ...CHOICE])
    assert.equal(said, '')
    assert.equal(status, 0)
    for (const run of runs) assert.deepEqual(ofCluster(run, out), run.story, run.name)
    assertSources(out, [logs, metrics])
  })

  it('counts every record, and says who wrote them', async () => {
    const run = await runOf('silent-stall')
    const { logs, metrics } = await shippedTo(run.lines, 2, 1)
    await send(on.kafka, logs, ['{"resourceMetrics":[]}'])
    const { lines } = await replay([`kafka:${logs}`, `kafka:${metrics}`, '--kinds', 'summary,reject'])
    const [reject, summary] = lines.map((line) => JSON.parse(line))
    assert.equal(reject.source.topic, logs)
    assert.equal(reject.source.index, 0)
    assert.equal(summary.records.total, run.lines.length + 1)
    const { total, ...each } = summary.records
    assert.equal(
      Object.values<number>(each).reduce((sum, count) => sum + count),
      total,
    )
    assert.deepEqual(
      summary.inputs.map(({ file, cluster }: { file: string; cluster: string }) => [file, cluster]),
      [
        [`kafka:${logs}/0`, run.cluster],
        [`kafka:${logs}/1`, run.cluster],
        [`kafka:${metrics}/0`, run.cluster],
      ],
    )
  })

  it('reads a range of time, and leaves no trace', async () => {
    const run = await runOf('silent-stall')
    const { logs, metrics } = await shippedTo(run.lines, 2, 1)
    const whole = run.story.map((line) => Date.parse(JSON.parse(line).time)).sort((a, b) => a - b)
    const [from, to] = [whole[Math.floor(whole.length / 3)], whole[Math.floor((2 * whole.length) / 3)]] as [
      number,
      number,
    ]
    const range = ['--from', new Date(from).toISOString(), '--to', new Date(to).toISOString()]
    const { lines } = await replay([`kafka:${logs}`, '--metrics', `kafka:${metrics}`, ...CHOICE, ...range])
    const wanted = run.story.filter((line) => {
      const time = Date.parse(JSON.parse(line).time)
      return time >= from && time <= to
    })
    assert.deepEqual(ofCluster(run, lines), wanted)
  })

  it('waits for shippers that are behind, and knows hosts by what their lines say', async () => {
    const run = await runOf('silent-stall')
    // One member's shipper comes five minutes after the others.
    const late = ({ member }: Shipped): number => (member === 'acid-orders-1' ? 300_000 : 0)
    const behind = [...run.lines].sort((a, b) => a.time + late(a) - (b.time + late(b)))
    const logs = await topicOf(on.kafka, 1)
    const metrics = await topicOf(on.kafka, 1)
    const producer = on.kafka.producer()
    const records = behind
      .filter(({ kind }) => kind === 'log')
      .map(({ text, member, cluster }) => ({
        value: JSON.stringify({ '@timestamp': '', _HOSTNAME: `host-of-${member}`, MESSAGE: text, cluster }),
      }))
    const headers = [{ name: 'cluster', value: run.cluster }]
    const polls = behind.filter(({ kind }) => kind === 'capture').map(({ text }) => ({ value: text, headers }))
    await producer.send([{ topic: logs, partition: 0, records }])
    await producer.send([{ topic: metrics, partition: 0, records: polls }])
    await producer.close()
    const config = {
      kafka: { brokers: on.broker.brokers },
      sources: [
        { topics: [logs], identity: { cluster: ['cluster'], member: [] } },
        { topics: [metrics], kind: 'metrics' },
      ],
    }
    const { lines, said, status } = await replay([`kafka:${logs}`, `kafka:${metrics}`, ...CHOICE], {
      config,
      env: { KAFKA_BROKERS: '' },
    })
    assert.equal(said, '')
    assert.equal(status, 0)
    assert.deepEqual(ofCluster(run, lines), run.story)
  })

  it('goes together with files', async () => {
    const run = await runOf('silent-stall')
    const { metrics } = await shippedTo(
      run.lines.filter(({ kind }) => kind === 'capture'),
      1,
      2,
    )
    const files = join(root, 'samples/incidents/silent-stall/*/*/*.log.gz')
    const { lines, said } = await replay([files, `kafka:${metrics}`, '--cluster', run.cluster, ...CHOICE])
    assert.equal(said, '')
    assert.deepEqual(ofCluster(run, lines), run.story)
  })

  it('says what is wrong: no brokers, no answer, no such topic', async () => {
    const none = await replay(['kafka:logs'], { env: { KAFKA_BROKERS: '' } })
    assert.equal(none.status, 2)
    assert.equal(
      none.said,
      'patrolog: kafka: expected the brokers in --config (kafka.brokers) or in KAFKA_BROKERS, got neither\n',
    )
    const away = await replay(['kafka:logs'], { env: { KAFKA_BROKERS: '127.0.0.1:1' } })
    assert.equal(away.status, 1)
    assert.match(away.said, /^patrolog: kafka at 127\.0\.0\.1:1: .+\n$/)
    const missing = await replay(['kafka:no-such', 'kafka:nor-such'])
    assert.equal(missing.status, 2)
    assert.equal(missing.said, 'patrolog: kafka:no-such: no such topic\npatrolog: kafka:nor-such: no such topic\n')
    assert.equal((await replay(['kafka:a b'])).status, 2)
    const beside = await replay(['kafka:patrolog.observations', 'kafka:logs'])
    assert.equal(beside.status, 2)
    assert.match(beside.said, /^patrolog: kafka:patrolog\.observations: .*expected no input beside it\n$/)
  })
})

function ofCluster(run: Run, lines: readonly string[]): string[] {
  const own = `"cluster":${JSON.stringify(run.cluster)}`
  return storyOfLines(
    lines.filter((line) => line.includes(own)),
    run.until,
  )
}

/** Lines are quoted by where they lie in their topic. */
function assertSources(lines: readonly string[], topics: readonly string[]): void {
  const sources = lines.flatMap((line) =>
    (JSON.parse(line).evidence as { source?: object }[]).flatMap(({ source }) => source ?? []),
  )
  assert.ok(sources.length > 0)
  for (const source of sources as Record<string, unknown>[]) {
    assert.deepEqual(Object.keys(source), ['topic', 'partition', 'offset', 'index'])
    assert.ok(topics.includes(source.topic as string))
    assert.match(source.offset as string, /^\d+$/)
  }
}
