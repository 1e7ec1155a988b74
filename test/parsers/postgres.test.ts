import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../../src/ingest/recognise.ts'
import { loadParsers } from '../../src/io/shelves.ts'
import type { Program } from '../../src/model/message.ts'
import type { Entry } from '../../src/model/record.ts'

const recogniser = compile(await loadParsers())
const programs: readonly Program[] = ['postgres', 'spilo', 'pgqd', 'wal-g', 'operator']

function find(program: Program, text: string): Entry | undefined {
  const bytes = Buffer.from(text)
  return recogniser.entries[recogniser.match(program, bytes, 0, bytes.length)]
}

/** Event type and parameters of a message. */
function meaning(text: string, program: Program = 'postgres') {
  const bytes = Buffer.from(text)
  const entry = recogniser.entries[recogniser.match(program, bytes, 0, bytes.length)]
  if (entry === undefined) return null
  const holes = entry.holes.map((name, at): [string, string] => {
    return [name, bytes.toString('utf8', recogniser.holes[2 * at], recogniser.holes[2 * at + 1])]
  })
  return [entry.type, { ...entry.params, ...Object.fromEntries(holes) }]
}

describe('messages of PostgreSQL, Spilo and the operator', () => {
  const entries = recogniser.entries.filter((entry) => programs.includes(entry.program))

  it('each match their own samples', () => {
    for (const entry of entries)
      for (const sample of entry.samples) assert.equal(find(entry.program, sample)?.text, entry.text, sample)
  })

  it('are each told once', () => {
    const texts = entries.map(({ program, text }) => `${program}: ${text}`)
    assert.deepEqual(
      texts.filter((text, at) => texts.indexOf(text) !== at),
      [],
    )
  })

  it('explain themselves in sentences', () => {
    for (const { means, text } of entries) assert.match(means, /^.*[^.]\.$/, text)
  })
})

describe('PostgreSQL says', () => {
  it('that the stream began, and how it ended', () => {
    assert.deepEqual(meaning('started streaming WAL from primary at 16/B374D848 on timeline 12'), [
      'replication.started',
      { lsn: '16/B374D848', timeline: '12' },
    ])
    for (const text of [
      'replication terminated by primary server',
      'terminating walreceiver process due to administrator command',
      'terminating walreceiver due to timeout',
      'could not receive data from WAL stream: server closed the connection unexpectedly\n\tThis probably means …',
      'could not send end-of-streaming message to primary: no COPY in progress',
    ])
      assert.equal(meaning(text)?.[0], 'replication.receiver-ended', text)
  })

  it('that WAL is gone, on either side, which is not a mere end of the stream', () => {
    const gone = 'requested WAL segment 0000000100000000000000A7 has already been removed'
    const segment = '0000000100000000000000A7'
    assert.deepEqual(meaning(gone), ['replication.wal-missing', { segment, side: 'source' }])
    assert.deepEqual(meaning(`could not receive data from WAL stream: ERROR:  ${gone}`), [
      'replication.wal-missing',
      { segment },
    ])
  })

  it('why a refused stream was refused', () => {
    const refused = (why: string) => meaning(`could not start WAL streaming: ERROR:  ${why}`)
    assert.deepEqual(refused('replication slot "pg_1" does not exist'), ['slot.missing', { slot: 'pg_1' }])
    const parted = "requested starting point 0/6000000 on timeline 1 is not in this server's history"
    const holes = { lsn: '0/6000000', timeline: '1' }
    assert.deepEqual(refused(parted), ['timeline.diverged', holes])
    assert.deepEqual(refused(`${parted}\n\tDETAIL:  This server's history forked …`), ['timeline.diverged', holes])
    assert.deepEqual(meaning(parted), ['timeline.diverged', { ...holes, side: 'source' }])
    const ahead = 'requested starting point 0/7000000 is ahead of the WAL flush position of this server 0/60000A0'
    assert.equal(meaning(`could not receive data from WAL stream: ERROR:  ${ahead}`)?.[0], 'timeline.diverged')
    assert.equal(refused('replication slot "pg_1" is active for PID 9')?.[0], 'replication.connect-failed')
  })

  it('whether a replica has an upstream', () => {
    const removed = 'parameter "primary_conninfo" removed from configuration file, reset to default'
    assert.equal(meaning(removed)?.[0], 'replication.upstream-removed')
    assert.equal(meaning('parameter "primary_conninfo" changed to ""')?.[0], 'replication.upstream-removed')
    assert.deepEqual(meaning('parameter "primary_conninfo" changed to "host=10.0.0.1 port=5432"'), [
      'replication.upstream-set',
      { conninfo: 'host=10.0.0.1 port=5432' },
    ])
    assert.equal(
      meaning('parameter "primary_slot_name" removed from configuration file, reset to default')?.[0],
      'noise',
    )
    assert.equal(meaning('parameter "max_connections" changed to "110"')?.[0], 'noise')
  })

  it('the same in the words of each release', () => {
    assert.deepEqual(meaning('database system is ready to accept read only connections'), [
      'postgres.ready',
      { readOnly: 'yes' },
    ])
    assert.deepEqual(meaning('database system is ready to accept read-only connections'), [
      'postgres.ready',
      { readOnly: 'yes' },
    ])
    assert.deepEqual(meaning('database system is ready to accept connections'), ['postgres.ready', { readOnly: 'no' }])
    assert.equal(meaning('invalid record length at 0/305CE10: wanted 24, got 0')?.[0], 'noise')
    assert.equal(meaning('invalid record length at 0/305CE10: expected at least 24, got 0')?.[0], 'noise')
    assert.deepEqual(meaning('invalidating slot "a" because its restart_lsn 0/3 exceeds max_slot_wal_keep_size')?.[1], {
      slot: 'a',
      lsn: '0/3',
    })
    assert.deepEqual(meaning('invalidating obsolete replication slot "a"'), ['slot.lost', { slot: 'a' }])
  })

  it('how it stopped', () => {
    assert.deepEqual(meaning('received immediate shutdown request'), ['postgres.shutdown', { mode: 'immediate' }])
    assert.deepEqual(meaning('database system is shut down'), ['postgres.shutdown', {}])
    assert.deepEqual(meaning('server process (PID 911) was terminated by signal 9: Killed'), [
      'postgres.crashed',
      { pid: '911', signal: '9', name: 'Killed' },
    ])
    assert.equal(meaning('startup process (PID 7) was terminated by signal 6: Aborted')?.[0], 'postgres.crashed')
    assert.equal(meaning('background worker "x" (PID 7) exited with exit code 1')?.[0], 'noise')
  })

  it('that a disk is full, whatever was to be written', () => {
    for (const text of [
      'could not write to file "pg_wal/xlogtemp.9": No space left on device',
      'could not extend file "base/1/2": No space left on device',
      'could not write lock file "postmaster.pid": No space left on device',
      'could not fsync file "pg_wal/0000": No space left on device',
    ])
      assert.equal(meaning(text)?.[0], 'disk.full', text)
  })

  it('nothing of replication when a client errs', () => {
    for (const text of [
      'relation "no_such_table" does not exist at character 15',
      'duplicate key value violates unique constraint "report_pkey"',
      'canceling statement due to conflict with recovery',
      'deadlock detected',
      'role "x" does not exist',
    ])
      assert.equal(meaning(text)?.[0], 'noise', text)
  })
})

describe('the operator and Spilo say', () => {
  it('what was planned', () => {
    assert.deepEqual(meaning('switching over from "demo-0" to "default/demo-1"', 'operator'), [
      'operator.switchover',
      { from: 'demo-0', namespace: 'default', to: 'demo-1' },
    ])
    assert.deepEqual(meaning('deleting pod "default/demo-1"', 'operator'), [
      'operator.pod-deleted',
      { namespace: 'default', pod: 'demo-1' },
    ])
    assert.equal(meaning('performing rolling update', 'operator')?.[0], 'operator.rolling-update')
    const scheduled = 'switchover from "demo-0" to "default/demo-1" is scheduled at 2026-11-23T02:00+00'
    assert.equal(meaning(scheduled, 'operator')?.[0], 'noise')
  })

  it('that Patroni ended', () => {
    assert.deepEqual(meaning('/etc/service/patroni: finished with code=-1 signal=9', 'spilo'), [
      'patroni.stopped',
      { service: '/etc/service/patroni', code: '-1', signal: '9', asked: 'no' },
    ])
    assert.deepEqual(meaning('/etc/service/patroni: finished with code=0 signal=0', 'spilo'), [
      'patroni.stopped',
      { service: '/etc/service/patroni' },
    ])
  })

  it('that the ticker lives', () => {
    assert.deepEqual(meaning('{ticks: 30, maint: 1, retry: 0}', 'pgqd')?.[1], { ticks: '30', maint: '1', retry: '0' })
  })
})
