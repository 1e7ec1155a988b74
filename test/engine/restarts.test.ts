/**
 * One start or end of PostgreSQL, and of its WAL receiver, is told by PostgreSQL, by Patroni and by samples, each with a
 * delay of its own: it is told once, and what was read of before does not undo it.
 */
import { describe, it } from 'node:test'
import { ms, type Record } from '../../src/story/node.ts'
import { type ClusterStory, type Story, story } from '../story.ts'

function reading(t: number, state: string, start: number, role = 'replica'): Record {
  const started = new Date(ms(start)).toISOString()
  const body = { state, role, postmaster_start_time: started, patroni: { version: '4.1.4', scope: 'demo' } }
  return { time: ms(t), member: 'pg-1', path: '/patroni', body }
}

function line(t: number, program: 'postgres' | 'patroni', message: string): Record {
  const stamp = new Date(ms(t)).toISOString()
  return { time: ms(t), member: 'pg-1', program, level: 'INFO', text: `${stamp} ${message}`, message }
}

const FOLLOWS = 'no action. I am (pg-1), a secondary, and following a leader (pg-0)'
const READY = 'database system is ready to accept read-only connections'
const STARTING = 'starting PostgreSQL 15.18 on x86_64-pc-linux-gnu'
const SHUTDOWN = 'received fast shutdown request'

function tale(records: readonly Record[], rule = 'restart-loop'): Story {
  const told = { name: 'demo', records: () => records, end: 60, config: undefined } as unknown as ClusterStory
  return story(rule, told)
}

describe('a start', () => {
  it('is over when PostgreSQL says so, whatever Patroni still reads', () => {
    tale([
      line(10, 'postgres', STARTING),
      line(10.2, 'postgres', READY),
      reading(10.5, 'starting', 10),
      line(11, 'patroni', 'postmaster pid=77'),
      reading(11.5, 'stopped', 10),
      line(12, 'patroni', FOLLOWS),
    ])
      .shows('pg-1', 'postgres', 'running', 10, 11)
      .neverShows('pg-1', 'postgres', 'starting', 10.3)
      .neverShows('pg-1', 'postgres', 'stopped')
  })

  it('is over when its postmaster was read, with a stamp before the answer', () => {
    tale([reading(9.95, 'running', 10), line(9.99, 'postgres', STARTING), line(10.01, 'patroni', 'postmaster pid=77')])
      .shows('pg-1', 'postgres', 'running', 9.9, 10)
      .neverShows('pg-1', 'postgres', 'starting')
  })

  it('of a primary is no end of it, while Patroni still reads starting', () => {
    const leads = [11, 21].map((t) => line(t, 'patroni', 'no action. I am (pg-1), the leader with the lock'))
    const ready = line(10, 'postgres', 'database system is ready to accept connections')
    tale([ready, reading(10.8, 'starting', 9.5, 'primary'), ...leads], 'writes-rejected').neverFires()
  })

  it('of Patroni over a PostgreSQL that runs is none of it', () => {
    tale([line(0, 'patroni', FOLLOWS), line(20, 'patroni', 'localhost:5432 - accepting connections')])
      .shows('pg-1', 'postgres', 'running', 0, 1)
      .neverShows('pg-1', 'postgres', 'starting')
  })

  it('goes on where Patroni says so for long', () => {
    tale([line(10, 'postgres', READY), reading(16, 'starting', 15.5)]).shows('pg-1', 'postgres', 'starting', 16, 17)
  })
})

describe('an end', () => {
  const runs = [line(0, 'patroni', FOLLOWS), reading(1, 'running', -3600)]

  it('is not undone by a sample of the moment', () => {
    tale([...runs, line(20, 'postgres', SHUTDOWN), reading(20.03, 'running', -3600)])
      .shows('pg-1', 'postgres', 'stopped', 20, 20)
      .neverShows('pg-1', 'postgres', 'running', 20)
  })

  it('is over when a younger postmaster is read', () => {
    tale([...runs, line(20, 'postgres', SHUTDOWN), reading(23, 'running', 22)]).shows(
      'pg-1',
      'postgres',
      'running',
      23,
      23,
    )
  })

  it('was none when the same postmaster is read long after', () => {
    tale([...runs, line(20, 'postgres', SHUTDOWN), reading(31, 'running', -3600)]).shows(
      'pg-1',
      'postgres',
      'running',
      31,
      31,
    )
  })
})

describe('stamps without a fraction', () => {
  it('seem to put an end before the heartbeat of its second', () => {
    tale([line(0, 'patroni', FOLLOWS), line(20, 'postgres', SHUTDOWN), line(20.4, 'patroni', FOLLOWS)]).neverShows(
      'pg-1',
      'postgres',
      'running',
      20,
    )
  })

  it('seem to put a start before the last look in vain', () => {
    const leads = [0, 10, 20, 31, 41].map((t) => line(t, 'patroni', 'no action. I am (pg-1), the leader with the lock'))
    const restart = [
      line(25, 'postgres', SHUTDOWN),
      line(28, 'postgres', STARTING),
      line(28, 'postgres', 'database system is ready to accept connections'),
      line(28.1, 'patroni', 'localhost:5432 - no response'),
    ]
    const told = tale([...leads, ...restart], 'writes-rejected')
    told.neverPages().neverShows('pg-1', 'postgres', 'stopped', 28)
  })
})

describe('a member that another one lists as stopped', () => {
  const members = [
    { name: 'pg-0', role: 'leader', state: 'running' },
    { name: 'pg-1', role: 'replica', state: 'stopped' },
  ]
  const listed: Record = { time: ms(20.5), member: 'pg-0', path: '/cluster', body: { members } }
  const led = [0, 10, 20, 30, 40, 50].map(
    (t): Record => ({ ...line(t, 'patroni', 'no action. I am (pg-0), the leader with the lock'), member: 'pg-0' }),
  )

  it('stays as long as it speaks', () => {
    const speaks = [0, 10, 20, 30, 40, 50].map((t) => line(t, 'patroni', FOLLOWS))
    tale([...led, ...speaks, line(20.2, 'postgres', SHUTDOWN), listed]).neverShows('pg-1', 'membership', 'leaving')
  })

  it('leaves when it says nothing more', () => {
    const speaks = [0, 10, 20].map((t) => line(t, 'patroni', FOLLOWS))
    tale([...led, ...speaks, line(20.2, 'postgres', SHUTDOWN), listed])
      .neverShows('pg-1', 'membership', 'gone')
      .shows('pg-1', 'membership', 'leaving', 30, 45)
  })
})

describe('a receiver', () => {
  const first = line(10, 'postgres', 'started streaming WAL from primary at 0/21000000 on timeline 2')
  const follows = [0, 10, 20, 30].map((t) => line(t, 'patroni', FOLLOWS))

  it('goes on with the next timeline where it began the one before', () => {
    const next = line(10.03, 'postgres', 'restarted WAL streaming at 0/21000000 on timeline 3')
    tale([...follows, first, next]).neverShows('pg-1', 'replication', 'stopped')
  })

  it('that starts once more where it has just started ended at once', () => {
    const again = line(14, 'postgres', 'started streaming WAL from primary at 0/21000000 on timeline 2')
    tale([...follows, first, again]).shows('pg-1', 'replication', 'stopped', 10, 15)
  })

  it('streams when nothing ends it, and ends with its PostgreSQL, stopped or crashed', () => {
    const started = line(20, 'postgres', 'started streaming WAL from primary at 0/22000000 on timeline 2')
    tale([...follows, started]).shows('pg-1', 'replication', 'streaming', 20, 30)
    for (const end of [SHUTDOWN, 'startup process (PID 4711) was terminated by signal 6: Aborted'])
      tale([...follows, started, line(21, 'postgres', end)])
        .shows('pg-1', 'replication', 'stopped', 21, 22)
        .neverShows('pg-1', 'replication', 'streaming')
  })
})
