/** Dumps of topics as files: kcat writes one partition after the other, or pieces of them in turn. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { storyOfLines } from '../journal/shipped.ts'
import { byFile, type Run, runOf } from '../live/runs.ts'
import { jsonLines } from '../program.ts'

const folder = mkdtempSync(join(tmpdir(), 'patrolog-dumps-'))
let run: Run
before(async () => {
  run = await runOf('silent-stall')
})
after(() => rmSync(folder, { recursive: true }))

interface Record {
  readonly kind: 'log' | 'capture'
  readonly partition: number
  readonly json: string
}

/** The run as it lies in topics, in the order it was written; without headers when `bare`. */
function records(bare = false): Record[] {
  const spread = byFile(3)
  const offsets = new Map<string, number>()
  return run.lines.map((line, index) => {
    const { kind, cluster, member, text, time } = line
    const partition = kind === 'log' ? spread(line, index) : 0
    const at = `${kind}/${partition}`
    const offset = offsets.get(at) ?? 0
    offsets.set(at, offset + 1)
    const topic = kind === 'log' ? 'patroni-logs' : 'patroni-metrics'
    const headers = bare ? {} : { headers: ['cluster', cluster, ...(member === null ? [] : ['member', member])] }
    const head = { topic, partition, offset, tstype: 'create', ts: time, broker: 1, ...headers }
    return { kind, partition, json: JSON.stringify({ ...head, key: member, payload: text }) }
  })
}

function file(name: string, all: readonly Record[]): string {
  const path = join(folder, name)
  const text = all.map(({ json }) => `${json}\n`).join('')
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}

/** What a replay prints; `input` comes on its standard input. */
const replay = (args: readonly string[], input = '', kinds = 'transition,alert'): Promise<string[]> =>
  jsonLines(['replay', ...args, '--format', 'jsonl', '--kinds', kinds], { input })

/** The same as `kafka-console-consumer` prints it with all that it can. */
function printed({ json }: Record): string {
  const { ts, partition, offset, headers, key, payload } = JSON.parse(json)
  const pairs = (headers as string[]).flatMap((name, at, all) => (at % 2 === 0 ? [`${name}:${all[at + 1]}`] : []))
  return `CreateTime:${ts}\tPartition:${partition}\tOffset:${offset}\t${pairs.join()}\t${key}\t${payload}\n`
}

const byPartition = (all: readonly Record[]): Record[] => [...all].sort((a, b) => a.partition - b.partition)

describe('a dump by kcat -J', { concurrency: 2 }, () => {
  it('tells what its topics tell, whatever the order of the partitions in it', async () => {
    const all = records()
    const logs = file('logs.json', byPartition(all.filter(({ kind }) => kind === 'log')))
    const metrics = file('metrics.json.gz', byPartition(all.filter(({ kind }) => kind === 'capture')))
    const out = await replay([logs, metrics])
    assert.deepEqual(storyOfLines(out, run.until), run.story)
    const sources = out.flatMap((line) =>
      (JSON.parse(line).evidence as { source?: object }[]).flatMap(({ source }) => source ?? []),
    )
    assert.ok(sources.length > 0)
    for (const source of sources) assert.equal((source as { topic?: string }).topic, 'patroni-logs')
  })

  it('of several topics tells it too, also when its records say nothing of their writers', async () => {
    const both = file('dump.json', byPartition(records(true)))
    assert.deepEqual(storyOfLines(await replay([both, '--cluster', run.cluster]), run.until), run.story)
  })

  it('given as readings is read as readings', async () => {
    const all = records()
    const logs = file('only-logs.json', byPartition(all.filter(({ kind }) => kind === 'log')))
    const metrics = file(
      'readings.json',
      all.filter(({ kind }) => kind === 'capture'),
    )
    assert.deepEqual(storyOfLines(await replay([logs, '--metrics', metrics]), run.until), run.story)
  })

  it('of one partition is a log like any other', async () => {
    const one = records().filter(({ kind, partition }) => kind === 'log' && partition === 0)
    const [line = ''] = (await replay([file('one.json', one)])).filter((text) => text.includes('"source"'))
    assert.match(line, /"source":\{"file":"[^"]*one\.json","line":\d+\}/)
  })
})

describe('a dump by kafka-console-consumer', { concurrency: 2 }, () => {
  const dump = () => byPartition(records().filter(({ kind }) => kind === 'log')).map(printed)

  it('tells what its topic tells, whatever the order of the partitions in it', async () => {
    const metrics = file(
      'for-console.json',
      records().filter(({ kind }) => kind === 'capture'),
    )
    const path = join(folder, 'console.txt')
    writeFileSync(path, dump().join(''))
    const out = await replay([path, '--metrics', metrics])
    assert.deepEqual(storyOfLines(out, run.until), run.story)
    assert.ok(out.some((line) => line.includes('"topic":"console.txt","partition":')))
  })

  it('tells it too on the standard input', async () => {
    const metrics = file(
      'for-stdin.json',
      records().filter(({ kind }) => kind === 'capture'),
    )
    assert.deepEqual(storyOfLines(await replay(['-', '--metrics', metrics], dump().join('')), run.until), run.story)
  })

  it('without offsets counts them, and takes a line without a head as a part of the value before it', async () => {
    const text = [
      'Partition:1\t2026-01-10 10:00:00 UTC [7] ERROR:  broken',
      'DETAIL:  by hand',
      'Partition:0\t2026-01-10 09:59:59,000 INFO: no action. I am (pg-0), the leader with the lock',
      'Partition:1\t2026-01-10 10:00:01 UTC [7] LOG:  received fast shutdown request',
    ]
    const out = await replay(['-', '--cluster', 'demo'], `${text.join('\n')}\n`, 'event,summary')
    const [first, second] = out.map((line) => JSON.parse(line))
    assert.deepEqual(first.source, { topic: 'stdin', partition: 0, offset: '0', index: 0 })
    assert.deepEqual(second.source, { topic: 'stdin', partition: 1, offset: '1', index: 0 })
    assert.equal(JSON.parse(out.at(-1) as string).records.continuation, 1)
  })
})

describe('a record of a dump', () => {
  it('whose line is more than an hour ahead of it is rejected, as by the service', async () => {
    const line = (partition: number, offset: number, day: string) => {
      const payload = `${day} 10:00:0${offset},000 INFO: no action. I am (pg-${partition}), the leader with the lock`
      return JSON.stringify({ topic: 'logs', partition, offset, ts: Date.UTC(2026, 0, 10, 10), payload })
    }
    const lines = [line(0, 0, '2026-01-10'), line(1, 0, '2026-01-12'), line(1, 1, '2026-01-10')]
    const out = await replay(['-', '--cluster', 'demo'], `${lines.join('\n')}\n`, 'reject,summary')
    const [reject, summary] = out.map((text) => JSON.parse(text))
    assert.equal(reject.reason, 'time 2026-01-12T10:00:00.000Z is more than an hour ahead of its record')
    assert.deepEqual([summary.records.rejected, summary.records.events], [1, 2])
  })
})

describe('logs put one behind the other', () => {
  it('are told apart on the standard input as in a file', async () => {
    const log = (member: string, leader: string) =>
      Array.from({ length: 6 }, (_, at) => {
        const says = member === leader ? 'the leader with the lock' : `a secondary, and following a leader (${leader})`
        return `2026-01-10 10:0${at}:00,000 INFO: no action. I am (${member}), ${says}\n`
      }).join('')
    const text = `${log('pg-0', 'pg-0')}\n${log('pg-1', 'pg-0')}`
    const path = join(folder, 'both.log')
    writeFileSync(path, text)
    const kinds = 'event,transition,summary'
    const of = (lines: string[], name: string) =>
      lines.slice(0, -1).map((line) => line.replaceAll(JSON.stringify(name), '"input"'))
    const [piped, filed] = [
      await replay(['-', '--cluster', 'demo'], text, kinds),
      await replay([path, '--cluster', 'demo'], '', kinds),
    ]
    assert.deepEqual(of(piped, 'stdin'), of(filed, path))
    assert.equal(JSON.parse(piped.at(-1) as string).inputs.length, JSON.parse(filed.at(-1) as string).inputs.length)
  })
})
