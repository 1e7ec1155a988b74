import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { replay } from '../ingest/wrappings/story.ts'
import { folder } from '../io/folder.ts'
import { at, has, hasNot, paste, patroni, postgres, told } from './excerpt.ts'

/** PostgreSQL does not answer in this cycle. */
const remembers = (second: number) =>
  patroni(second, 'Failed to determine PostgreSQL state from the connection, falling back to cached role', 'WARNING')

describe('an excerpt proves no more than it says', () => {
  const primary = { state: 'running', role: 'master', timeline: 6, xlog: { location: 67108864 } }
  const standbys = [{ application_name: 'db-2', state: 'streaming', sync_state: 'async' }]
  const answer = (of: string, body: object) =>
    patroni(3, `Got response from ${of} http://0.0.0.0:8008/patroni: ${JSON.stringify(body)}`)

  it('whoever is answered by itself, since all bear one address, learns nothing of the others', async () => {
    const leader = patroni(2, 'no action. I am (db-1), the leader with the lock')
    const itself = { ...primary, replication: standbys, patroni: { version: '2.0.1', scope: 'shop' } }
    hasNot(await told(paste(leader, answer('db-2', itself))), 'db-2 ')
    const named = { ...primary, patroni: { version: '4.0.6', scope: 'shop', name: 'db-1' } }
    hasNot(await told(paste(leader, answer('db-2', named))), 'db-2 ')
    has(
      await told(paste(leader, answer('db-2', { ...named, role: 'replica', patroni: { name: 'db-2' } }))),
      'db-2 role',
    )
  })

  it('PostgreSQL that does not answer yet while it starts is not down', async () => {
    const story = await told(
      paste(
        patroni(0, 'Lock owner: db-1; I am db-2'),
        patroni(0, 'starting as a secondary'),
        patroni(1, 'postmaster pid=7311'),
        'localhost:5432 - no response',
        postgres(1, 'LOG:  entering standby mode'),
      ),
    )
    has(story, 'db-2 postgres unknown starting logged')
    hasNot(story, 'db-2 postgres starting stopped')
  })

  const knocks = (second: number) => postgres(second, 'FATAL:  the database system is in recovery mode')
  for (const [name, meanwhile] of [
    ['a leader that goes by the role it remembers proves no running primary', () => []],
    ['nor where clients knock meanwhile', (second: number) => [knocks(second)]],
  ] as const)
    it(name, async () => {
      const leads = 'no action. I am (db-1), the leader with the lock'
      const beat = (second: number) => [remembers(second), ...meanwhile(second), patroni(second + 1, leads)]
      const story = await told(
        paste(
          patroni(0, leads),
          patroni(10, leads),
          postgres(13, 'LOG:  server process (PID 93) was terminated by signal 11: Segmentation fault'),
          ...[20, 30, 40, 50].flatMap(beat),
        ),
      )
      has(story, 'db-1 postgres running crashed logged', ' writes-rejected firing critical')
      hasNot(story, 'db-1 postgres crashed running', 'writes-rejected resolved')
    })

  it('hosts that are named after their addresses are not numbered members of clusters named after networks', async () => {
    const journal = (host: string, message: string) => `Mar  4 05:06:07 ${host} patroni[93]: ${patroni(7, message)}`
    const lines = [
      journal('ip-10-0-3-17', 'Error communicating with DCS'),
      journal('ip-10-0-4-21', 'Error communicating with DCS'),
    ]
    const { summary } = await replay(
      folder({ 'case.log': paste(...lines), 'ip-10-0-5-9.log': patroni(8, 'server signaled') }),
    )
    assert.deepEqual(new Set(summary.members.map(({ cluster }) => cluster)), new Set(['default']))
  })

  it('a record of a csvlog whose line was broken behind the message is read', async () => {
    const record = `${at(7)}.944 UTC,,,71,,63aa01.47,2,,${at(1)} UTC,,0,LOG,00000,"startup process (PID 73) was terminated by signal 6: Aborted",`
    has(await told(paste(record, ',,,,,,,,""')), 'case postgres unknown crashed logged')
  })
})

describe('a lock that nobody holds', () => {
  const waits = (second: number, owner: string) => [
    patroni(second, `Lock owner: ${owner}; I am db-1`),
    patroni(second, 'waiting for leader to bootstrap'),
  ]

  it('was held by whoever gives it up; on Kubernetes it names nobody then', async () => {
    for (const owner of ['', 'None']) {
      const story = await told(
        paste(
          patroni(0, 'Leader key released'),
          patroni(0, 'released leader key voluntarily as data dir empty and currently leader'),
          ...[10, 20, 30, 40].flatMap((second) => waits(second, owner)),
        ),
      )
      has(story, 'db-1 lockView unknown none logged', ' no-leader firing critical')
    }
  })

  it('bears the name of one that cannot renew it: nobody leads, until another one is a running primary', async () => {
    const refused = (second: number) => [
      patroni(second, 'Lock owner: db-1; I am db-1'),
      patroni(second + 1, 'failed to update leader lock', 'ERROR'),
      patroni(second + 2, 'not promoting because failed to update leader lock in DCS'),
    ]
    const story = await told(paste(...[0, 10, 20, 30, 40].flatMap(refused)))
    has(story, 'db-1 leader-not-primary firing critical')
    const renewed = patroni(13, 'no action. I am (db-1), the leader with the lock')
    hasNot(await told(paste(...refused(0), renewed, patroni(43, 'Lock owner: db-1; I am db-1'))), 'leader-not-primary')
  })

  it('is normal before the first bootstrap', async () => {
    hasNot(await told(paste(...[0, 10, 20, 30, 40].flatMap((second) => waits(second, '')))), 'no-leader')
  })
})

describe('a paused cluster', () => {
  it('is known by any summary line, and has no leader without a page', async () => {
    const idle = [10, 20, 30, 40, 50, 60].flatMap((second) => [
      patroni(second, 'Lock owner: None; I am db-1'),
      patroni(second, 'PAUSE: no action. I am (db-1)'),
    ])
    const followed = patroni(0, 'no action. I am (db-1), a secondary, and following a leader (db-2)')
    const story = await told(paste(followed, ...idle))
    has(story, 'db-1 lockView db-2 none logged', 'db-1 paused no yes logged')
    hasNot(story, 'firing critical')
  })

  it('keeps its primary without a lock', async () => {
    const story = await told(
      paste(
        patroni(0, 'Lock owner: db-1; I am db-1'),
        patroni(1, 'failed to update leader lock', 'ERROR'),
        patroni(1, 'PAUSE: continue to run as primary after failing to update leader lock in DCS'),
        patroni(41, 'Lock owner: None; I am db-1'),
        patroni(41, 'PAUSE: continue to run as primary without lock'),
        patroni(51, 'Lock owner: None; I am db-1'),
      ),
    )
    has(story, 'db-1 paused unknown yes logged', 'db-1 lockView db-1 none logged')
    hasNot(story, 'firing critical')
  })
})
