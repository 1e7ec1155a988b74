/** Commands on one host: what is wrong with the files that would be followed, and what they refuse. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TopicReport } from '../../src/doctor/report.ts'
import { folder, lines } from '../io/folder.ts'
import { patrolog } from '../program.ts'

const POSTGRES = '2026-03-01 12:00:00.000 UTC [71] LOG:  database system is ready to accept connections\n'
const READING = { t: 1772366400, member: 'pg-0', path: '/patroni', status: 200, body: { state: 'running' } }

const beats = (until: number): string => lines(0, until).replaceAll(/ \(\d+\)$/gm, '')

const at = folder({
  'logs/orders/pg-0.log': beats(300),
  'logs/orders/pg-0/postgresql.log': POSTGRES,
  'logs/other.txt': 'nothing of ours\n',
  'plain/patroni.log': `${beats(60)}not finished`,
  'rest/polls.jsonl': `${JSON.stringify(READING)}\n`,
  'rest/more.jsonl': `${JSON.stringify(READING)}\n`,
  'state/patrolog.db': 'of another program\n'.repeat(100),
})

async function doctor(sources: readonly object[], ...args: readonly string[]) {
  const { status, out, said } = await patrolog(['doctor', ...args], { config: { sources } })
  return { status, out, said }
}

async function reports(sources: readonly object[], ...args: readonly string[]) {
  const { status, out, said } = await doctor(sources, '--format', 'json', ...args)
  const { topics, clusters } = JSON.parse(out) as { topics: TopicReport[]; clusters: { cluster: string }[] }
  const named = new Map(topics.map((report) => [report.topic.slice(at.length + 1), report]))
  return { status, said, clusters, named }
}

describe('doctor on one host', () => {
  it('reads the newest lines of each file, whose they are, and how many are understood', async () => {
    const { status, said, clusters, named } = await reports([{ files: [join(at, 'logs')] }], '--sample', '10')
    assert.deepEqual([status, said], [0, ''])
    const { held, read, identity, understood, findings } = named.get('logs/orders/pg-0.log') as TopicReport
    assert.deepEqual({ held, read, findings }, { held: 30, read: 10, findings: [] })
    assert.equal(understood.event, 10)
    assert.deepEqual(
      identity.writers.map(({ cluster, member, count }) => ({ cluster, member, count })),
      [{ cluster: 'orders', member: 'pg-0', count: 10 }],
    )
    assert.equal(named.get('logs/orders/pg-0/postgresql.log')?.identity.writers[0]?.member, 'pg-0')
    assert.deepEqual(
      clusters.map(({ cluster }) => cluster),
      ['orders'],
    )
  })

  it('says what has no cluster, what holds nothing of ours, and reads no line that is not finished', async () => {
    const { out } = await doctor([{ files: [join(at, 'plain')] }, { files: [join(at, 'logs/other.txt')] }])
    assert.match(out, /patroni\.log: lines; the newest 6 of 6 lines\n/)
    assert.match(out, /unassigned: 6 of no known cluster; neither the lines nor the path name a cluster:\s+set cluster/)
    assert.match(out, /other\.txt: lines; the newest 1 of 1 lines\n +identity +nobody: nothing in it has a time/)
  })

  it('tells readings from lines', async () => {
    const polls = join(at, 'rest/polls.jsonl')
    const { named } = await reports([
      { files: [polls], cluster: 'orders' },
      { files: [join(at, 'rest/more.jsonl')], kind: 'metrics', cluster: 'orders' },
    ])
    assert.match(named.get('rest/polls.jsonl')?.findings.join() ?? '', /it holds readings; set kind: metrics/)
    assert.deepEqual(named.get('rest/more.jsonl')?.findings, [])
    assert.equal(named.get('rest/more.jsonl')?.understood.reading, 1)
  })

  it('fails where a source leads to no file, or to none that is followed, and says why', async () => {
    const { status, said } = await doctor([{ files: [join(at, 'nowhere')] }, { files: [join(at, 'rest')] }])
    assert.equal(status, 1)
    assert.match(said, /nowhere: no file to follow\n/)
    assert.match(said, /rest: no file to follow\npatrolog: \S+\/rest\/\w+\.jsonl: not followed: readings, no log\n/)
  })
})

describe('status on one host', () => {
  it('is refused over what is no state, as live is', async () => {
    const config = { sources: [{ files: [join(at, 'logs')] }], live: { state: join(at, 'state') } }
    for (const command of ['status', 'live']) {
      const { status, said } = await patrolog([command], { config })
      assert.equal(status, 2)
      assert.match(said, /^patrolog: live\.state: .*patrolog\.db: file is not a database\n$/)
    }
  })
})

describe('drill on one host', () => {
  it('is refused, and says what there is instead', async () => {
    const config = { sources: [{ files: [join(at, 'logs')] }] }
    const { status, said } = await patrolog(['drill'], { config })
    assert.equal(status, 2)
    assert.match(said, /kafka: expected the brokers to send to, got nothing; .* check --connect reaches the receivers/)
  })
})
