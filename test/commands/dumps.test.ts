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

const replay = (args: readonly string[]): Promise<string[]> =>
  jsonLines(['replay', ...args, '--format', 'jsonl', '--kinds', 'transition,alert'])

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
