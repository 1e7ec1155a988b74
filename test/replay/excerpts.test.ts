import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { replay } from '../ingest/wrappings/story.ts'
import { folder } from '../io/folder.ts'

/** Transitions and alerts of one file, each without its time and the cluster. */
async function told(text: string, file = 'case.log'): Promise<readonly string[]> {
  const { story } = await replay(folder({ [file]: text }))
  return story.map((line) => line.replace(/^\S+ \S+ /, ''))
}

function has(story: readonly string[], ...wanted: readonly string[]): void {
  for (const start of wanted)
    assert.ok(
      story.some((line) => line.startsWith(start)),
      `${start}\n${story.join('\n')}`,
    )
}

function hasNot(story: readonly string[], ...unwanted: readonly string[]): void {
  for (const part of unwanted) assert.ok(!story.some((line) => line.includes(part)), `no ${part}\n${story.join('\n')}`)
}

const at = (second: number) =>
  `2026-03-04 05:${String(6 + Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`
const patroni = (second: number, message: string, level = 'INFO') => `${at(second)},100 ${level}: ${message}`
const postgres = (second: number, message: string, pid = 71) => `${at(second)}.100 UTC [${pid}] ${message}`
const paste = (...lines: readonly string[]) => `${lines.join('\n')}\n`

describe('excerpts that begin in the middle of it', () => {
  it('a demotion: who says so was the leader, and the last line counts', async () => {
    const story = await told(
      paste(
        patroni(0, 'Error communicating with DCS', 'ERROR'),
        patroni(0, 'demoting self because DCS is not accessible and I was a leader'),
        patroni(0, 'Demoting self (offline)'),
        patroni(7, 'Lock owner: db-1; I am db-1'),
      ),
    )
    has(
      story,
      'db-1 role unknown none logged',
      'db-1 dcs unknown unreachable logged',
      'db-1 leader-lock-lost firing critical',
      ' writes-rejected firing critical',
    )
  })

  it('a demotion that hangs renews the lock, so the DCS is back', async () => {
    const story = await told(
      paste(
        patroni(0, 'Error communicating with DCS', 'ERROR'),
        patroni(0, 'Demoting self (offline)'),
        patroni(1, 'Lock owner: db-1; I am db-1'),
        patroni(1, 'updated leader lock during demoting self because DCS is not accessible and I was a leader'),
        patroni(11, 'updated leader lock during demoting self because DCS is not accessible and I was a leader'),
        patroni(31, 'updated leader lock during demoting self because DCS is not accessible and I was a leader'),
      ),
    )
    has(story, 'db-1 dcs unreachable reachable inferred', 'db-1 demotion-stuck firing critical')
  })

  it('failsafe mode is told by a leader', async () => {
    const story = await told(
      paste(
        patroni(0, 'Got response from db-2 http://10.3.0.12:8008/failsafe: Accepted'),
        patroni(0, 'continue to run as a leader because failsafe mode is enabled and all members are accessible'),
        patroni(10, 'Lock owner: db-1; I am db-1'),
      ),
    )
    has(story, 'db-1 role unknown leader logged', 'db-1 failsafe unknown holding logged', 'db-1 failsafe-active firing')
  })

  it('a member that races alone for longer than ttl has no leader, unless it is the first bootstrap', async () => {
    const race = [0, 10, 20, 30, 40].flatMap((second) => [
      patroni(second, 'Lock owner: None; I am db-1'),
      patroni(second, 'not healthy enough for leader race'),
      patroni(second, 'restarting after failure in progress'),
    ])
    has(await told(paste(...race)), ' no-leader firing critical')
    hasNot(await told(paste(patroni(0, 'trying to bootstrap a new cluster'), ...race)), 'no-leader')
    hasNot(await told(paste(...race.slice(0, 9))), 'no-leader')
  })
})

describe('who speaks', () => {
  const segment = '000000030000000A00000044'

  it('a source that refuses a standby does not itself stand still', async () => {
    const story = await told(
      paste(
        ...[0, 5, 70].map((second) =>
          postgres(second, `ERROR:  requested WAL segment ${segment} has already been removed`),
        ),
        patroni(71, 'no action. I am (db-1), the leader with the lock'),
      ),
    )
    hasNot(story, ' replication ')
    has(story, 'db-1 wal-missing firing critical standby of db-1')
  })

  it('a receiver that starts and is refused within the same millisecond does not stream', async () => {
    const tries = [0, 5, 10, 65, 70].flatMap((second) => [
      postgres(second, 'LOG:  started streaming WAL from primary at A/44000000 on timeline 3'),
      postgres(
        second,
        `FATAL:  could not receive data from WAL stream: ERROR:  requested WAL segment ${segment} has already been removed`,
      ),
    ])
    const story = await told(paste(...tries, patroni(71, 'Lock owner: db-1; I am db-2')))
    hasNot(story, ' streaming ')
    has(story, 'db-2 replication unknown stopped logged', 'db-2 wal-missing firing critical db-2')
  })

  it('a receiver without a slot at its source has stopped', async () => {
    const refused = (second: number) =>
      postgres(second, 'FATAL:  could not start WAL streaming: ERROR:  replication slot "db_2" does not exist')
    const story = await told(paste(refused(0), refused(5), patroni(6, 'Lock owner: db-1; I am db-2')))
    has(story, 'db-2 replication unknown stopped logged')
  })

  it('a full disk is told by what Python and the tools write too', async () => {
    const story = await told(
      paste(
        patroni(0, 'Exception during execution of long running task restarting after failure', 'ERROR'),
        'Traceback (most recent call last):',
        '  File "/usr/lib/python3/dist-packages/patroni/config.py", line 1, in save_cache',
        'OSError: [Errno 28] No space left on device',
        patroni(6, 'Lock owner: db-2; I am db-1'),
      ),
    )
    has(story, 'db-1 disk-full firing critical')
  })

  it('a file that names nobody stands for a member; one beside the log of a member is its log', async () => {
    const stop = postgres(0, 'LOG:  received fast shutdown request')
    has(await told(paste(stop), '4711.log'), '4711 postgres unknown stopped logged')
    const { story, summary } = await replay(
      folder({ 'patroni.log': paste(patroni(1, 'Lock owner: db-1; I am db-2')), 'postgresql.log': paste(stop) }),
    )
    assert.ok(
      story.some((line) => line.includes(' db-2 postgres unknown stopped')),
      story.join('\n'),
    )
    assert.deepEqual(
      summary.inputs.map(({ member, basis }) => [member, basis]),
      [
        ['db-2', 'its own lines'],
        ['db-2', 'the logs beside it'],
      ],
    )
  })
})

describe('what people put around a log', () => {
  it('is no line of it: headings count as what they are, fences and commands as noise', async () => {
    const { summary } = await replay(
      folder({
        'case.log': paste(
          '```console',
          '$ kubectl logs db-1 -c postgres',
          'what the replica says',
          patroni(0, 'Lock owner: db-1; I am db-2'),
          '```',
        ),
      }),
    )
    const { total, events, noise, continuation, unrecognised } = summary.records
    assert.deepEqual([total, events, noise, continuation, unrecognised], [5, 1, 2, 1, 1])
  })

  it('the time of journald or of a viewer counts where a line has none, its level where it says one', async () => {
    const journal = [
      'Mar  4 05:06:07 node-1 patroni[812]: INFO: Lock owner: db-2; I am db-1',
      'Mar  4 05:06:07 node-1 patroni[812]: INFO: no action. I am (db-1), a secondary, and following a leader (db-2)',
      'Mar  4 05:06:08 node-1 patroni[812]: some word of a helper',
    ]
    has(await told(paste(...journal)), 'db-1 role unknown replica logged')
    const viewer = [
      '2026-03-04 @ 05:06:17.100\tno action. I am (db-1), the leader with the lock',
      '2026-03-04 @ 05:06:07.100\tno action. I am (db-1), the leader with the lock',
    ]
    has(await told(paste(...viewer)), 'db-1 role unknown leader logged')
  })
})
