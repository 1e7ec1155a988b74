/** Messages without a time of their own, in records that say when they were written. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../../../src/ingest/recognise.ts'
import { loadParsers } from '../../../src/io/shelves.ts'
import { Deliveries } from '../../../src/journal/delivery.ts'
import type { Rejected } from '../../../src/journal/intake.ts'
import { openIntake } from '../../../src/live/sources.ts'
import { type Heard, read } from './records.ts'

const recogniser = compile(await loadParsers())
const json = JSON.stringify
const TIME = '2026-11-22T19:00:01.512Z'
const LEADS = 'no action. I am (pg-1), the leader with the lock'
const READY = 'database system is ready to accept connections'

const journal = (MESSAGE: string, SYSLOG_IDENTIFIER = 'patroni') =>
  json({ __REALTIME_TIMESTAMP: '1795374001512345', MESSAGE, _HOSTNAME: 'pg-1', SYSLOG_IDENTIFIER })
const fluent = (log: string) =>
  json({ '@timestamp': TIME, log, kubernetes: { pod_name: 'pg-1', namespace_name: 'db' } })
const docker = (log: string) => json({ log: `${log}\n`, stream: 'stdout', time: TIME })
const cri = (line: string) => `${TIME} stdout F ${line}`
const syslog = (line: string) => `<134>1 ${TIME} pg-1 patroni 812 - - ${line}`
const bareSyslog = (line: string) => `1 ${TIME} pg-1 patroni 812 - - ${line}`
const WRAPPED = { journal, fluent, docker, cri, syslog, 'syslog without a priority': bareSyslog }

function told(records: readonly string[]): Heard[] {
  return read(records, { recogniser }).filter(({ outcome }) => outcome === 'line')
}

const said = ({ time, program, message }: Heard) => `${time} ${program} ${message}`

describe('a record whose text has no time', () => {
  for (const [name, wrap] of Object.entries(WRAPPED)) {
    it(`is a message at the time of the record: ${name}`, () => {
      const lines = told([wrap(LEADS), wrap('something else'), wrap(`INFO: ${LEADS}`), wrap(`[12] LOG:  ${READY}`)])
      const patroni = `${TIME} patroni ${LEADS}`
      assert.deepEqual(lines.map(said), [patroni, patroni, `${TIME} postgres ${READY}`])
    })

    it(`goes on from a line that has one, where lines of its writer have: ${name}`, () => {
      const stamped = (text: string) => wrap(`2026-11-22 19:00:01,500 INFO: ${text}`)
      const records = ['starting', LEADS, 'stopping'].map(stamped)
      assert.equal(told([...records, wrap(LEADS), wrap(`\t${LEADS}`)]).length, records.length)
    })
  }

  it('is of another program where it says what any may say', () => {
    assert.deepEqual(told(['GET /', 'out of memory', 'shutting down'].map((text) => journal(text, 'web'))), [])
    assert.equal(told([journal('[12] LOG:  shutting down')]).length, 1)
  })

  it('is bare where nothing tells messages', () => {
    assert.deepEqual(
      read([journal(LEADS)]).map(({ outcome }) => outcome),
      ['bare'],
    )
  })

  it('has a writer as every record', () => {
    assert.deepEqual(
      told([journal(LEADS), fluent(LEADS)]).map(({ member, cluster }) => [member, cluster]),
      [
        ['pg-1', null],
        ['pg-1', 'db/pg'],
      ],
    )
  })

  it('is understood live', () => {
    const options = {
      recogniser,
      zone: 'UTC',
      partitions: 1,
      deliveries: new Deliveries(),
      onReject: ({ reason }: Rejected) => assert.fail(reason),
    }
    const source = { kind: 'logs', topics: ['logs'], cluster: 'orders', hosts: {} } as const
    const intake = openIntake(
      { source, home: { cluster: 'orders' } },
      { topic: 'logs', partition: 0, epoch: 1 },
      options,
    )
    intake.take(Buffer.from(journal(LEADS)), { offset: 0, key: null, headers: undefined, timestamp: 1795374002000 })
    assert.equal(intake.counts.event, 1)
  })
})
