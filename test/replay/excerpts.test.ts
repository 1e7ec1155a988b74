import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Effect } from '../../src/model/effect.ts'
import { replay } from '../ingest/wrappings/story.ts'
import { folder } from '../io/folder.ts'
import { at, has, hasNot, paste, patroni, postgres, told } from './excerpt.ts'

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

  it('what was left out between a leader and none says nothing of when there was none', async () => {
    const races = [300, 310, 320, 330, 340].flatMap((second) => [
      patroni(second, 'Lock owner: None; I am db-1'),
      patroni(second, 'not healthy enough for leader race'),
    ])
    const led = [0, 10].map((second) => patroni(second, 'no action. I am (db-1), the leader with the lock'))
    hasNot(await told(paste(...led, '...', ...races.slice(0, 6))), 'no-leader')
    const story = await told(paste(...led, '...', ...races))
    has(story, ' no-leader firing critical')
    assert.ok(
      story.some((line) => line.includes('05:11:00')),
      story.join('\n'),
    )
  })

  it('two that go on to say that they lead, in the same words, are two leaders', async () => {
    const beats = (from: number, to: number, message: string) =>
      Array.from({ length: (to - from) / 10 }, (_, index) => patroni(from + 10 * index, message))
    const leads = (member: string) => `no action. I am (${member}), the leader with the lock`
    const { story } = await replay(
      folder({
        'orders/db-1/patroni.log': paste(...beats(0, 200, leads('db-1'))),
        'orders/db-2/patroni.log': paste(
          ...beats(0, 60, 'no action. I am (db-2), a secondary, and following a leader (db-1)'),
          ...beats(100, 200, leads('db-2')),
        ),
      }),
    )
    has(
      story.map((line) => line.replace(/^\S+ \S+ /, '')),
      ' two-leaders firing critical',
    )
  })

  it('who was followed before there was none is named', async () => {
    const race = Array.from({ length: 20 }, (_, index) => 10 * index + 10).flatMap((second) => [
      patroni(second, 'My wal position exceeds maximum replication lag'),
      patroni(second, 'following a different leader because i am not the healthiest node'),
    ])
    const summaries = async (...lines: readonly string[]) => {
      const found: string[] = []
      const onEffect = (effect: Effect) => {
        if (effect.kind === 'alert' && effect.rule === 'no-leader') found.push(effect.summary)
      }
      await replay(folder({ 'db-1.log': paste(...lines) }), { onEffect })
      return found
    }
    assert.deepEqual(await summaries(...race), ['no leader, nor was there one when the first lines were written'])
    const follows = patroni(1, 'no action. I am (db-1), a secondary, and following a leader (db-2)')
    const other = ['', '# db-3', ...[follows, ...race].map((line) => line.replace('db-1', 'db-3'))]
    has(await told(paste(follows, ...race, ...other)), ' failover-blocked firing critical')
    hasNot(await told(paste(follows, ...race)), 'failover-blocked')
    assert.deepEqual(await summaries(follows, ...race), ['no leader: db-2 was the last one named'])
  })

  it('a member that says the same of there being no leader, loop after loop, is heard each time', async () => {
    const races = [20, 30, 40, 50, 60].flatMap((second) => [
      patroni(second, 'Lock owner: None; I am db-1'),
      patroni(second, 'not healthy enough for leader race'),
    ])
    const led = [0, 10].map((second) => patroni(second, 'no action. I am (db-1), the leader with the lock'))
    has(await told(paste(...led, ...races)), ' no-leader firing critical')
    has(await told(paste(...races)), ' no-leader firing critical')
    hasNot(await told(paste(...led, ...races.slice(0, 6))), 'no-leader')
  })

  it('a leader whose PostgreSQL is started again after a failure is no primary meanwhile', async () => {
    const led = [0, 10].map((second) => patroni(second, 'no action. I am (db-1), the leader with the lock'))
    const restarts = [15, 25, 35].map((second) =>
      patroni(second, 'updated leader lock during restarting after failure'),
    )
    const again = [40, 50].map((second) => patroni(second, 'no action. I am (db-1), the leader with the lock'))
    const story = await told(paste(...led, ...restarts, ...again))
    has(story, 'db-1 postgres running starting logged', ' writes-rejected firing critical', ' writes-rejected resolved')
    const ready = postgres(14, 'LOG:  database system is ready to accept connections')
    hasNot(await told(paste(...led, ready, ...restarts.slice(0, 1), ...again)), 'writes-rejected')
  })

  it('starts that fail in turn are a loop, by what Patroni says of them alone', async () => {
    const starts = [0, 10, 20, 30, 40, 50].flatMap((second) => [
      patroni(second, 'Lock owner: db-2; I am db-1'),
      patroni(second, `postmaster pid=${1000 + second}`),
      patroni(second + 3, 'failed to start postgres'),
    ])
    has(await told(paste(...starts)), 'db-1 restart-loop firing warning')
  })

  it('a leader whose data directory is gone is no primary: Patroni stops its PostgreSQL', async () => {
    for (const what of ['empty', 'not accessible']) {
      const story = await told(
        paste(
          patroni(0, 'no action. I am (db-1), the leader with the lock'),
          patroni(10, 'no action. I am (db-1), the leader with the lock'),
          patroni(20, `released leader key voluntarily as data dir ${what} and currently leader`),
          patroni(30, 'Lock owner: None; I am db-1'),
          patroni(30, 'waiting for leader to bootstrap'),
        ),
      )
      has(story, 'db-1 postgres running stopped logged', ' writes-rejected firing critical')
    }
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

it('a cycle of a release to come tells of maintenance mode, and a copy that failed of its bootstrap', async () => {
  const held = paste(patroni(0, 'Lock owner: db-1; I am db-1'), patroni(1, 'PAUSE: holding still for an upgrade'))
  has(await told(held), 'db-1 paused unknown yes logged')
  const copied = paste(
    patroni(0, "trying to bootstrap from leader 'db-2'"),
    'pg_basebackup: error: connection to server at "10.3.0.12", port 5432 failed: Connection refused',
    patroni(1, 'Lock owner: db-2; I am db-1'),
    patroni(400, 'Lock owner: db-2; I am db-1'),
  )
  has(await told(copied), 'db-1 bootstrap-failed firing')
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

  it('the worker of a subscription, which fails at ERROR, is no standby of the cluster', async () => {
    for (const [level, tells] of [
      ['ERROR', false],
      ['FATAL', true],
    ] as const) {
      const story = await told(
        paste(
          ...[0, 5, 70].flatMap((second) => [
            postgres(
              second,
              `${level}:  could not start WAL streaming: ERROR:  replication slot "sub_a" does not exist`,
            ),
            postgres(
              second,
              `${level}:  could not receive data from WAL stream: ERROR:  requested WAL segment ${segment} has already been removed`,
            ),
          ]),
        ),
      )
      if (tells) has(story, 'case replication unknown stopped', 'case wal-missing firing critical')
      else assert.deepEqual(story, [])
    }
  })

  it('a history file out of the archive is no WAL', async () => {
    const story = await told(
      paste(
        ...[0, 10, 20, 30, 40, 50, 60, 70, 80].flatMap((second) => [
          patroni(second, 'no action. I am (db-2), a secondary, and following a leader (db-1)'),
          postgres(second + 2, 'LOG:  restored log file "00000003.history" from archive', 72),
          postgres(
            second + 3,
            'FATAL:  could not connect to the primary server: connection to server at "10.3.0.11", port 5432 failed: Connection timed out',
            80,
          ),
        ]),
      ),
    )
    has(story, 'db-2 replica-without-upstream firing critical')
    hasNot(story, 'archive')
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
  it('systemctl status above a journal, and what journalctl says of itself, are noise', async () => {
    const status = [
      '● patroni.service - Runners to orchestrate a high-availability PostgreSQL',
      '     Loaded: loaded (/lib/systemd/system/patroni.service; enabled; vendor preset: enabled)',
      '     Active: active (running) since Wed 2026-03-04 04:06:07 UTC; 1h ago',
      '   Main PID: 812 (patroni)',
      '      Tasks: 14 (limit: 4915)',
      '     CGroup: /system.slice/patroni.service',
      '             ├─812 /usr/bin/python3 /usr/bin/patroni /etc/patroni.yml',
      '             └─901 postgres: db: checkpointer',
      '',
      '-- Logs begin at Mon 2026-03-02 05:06:07 UTC, end at Wed 2026-03-04 05:06:07 UTC. --',
      '-- Reboot --',
    ]
    const line = `Mar 04 05:06:07 db-host patroni[812]: ${patroni(7, 'Lock owner: db-1; I am db-2')}`
    const { summary } = await replay(folder({ 'case.log': paste(...status, line) }))
    const { events, noise, empty, total } = summary.records
    assert.deepEqual([events, noise, empty, total], [1, 10, 1, 12])
  })

  it('blanks that a terminal left behind a line are not quoted', async () => {
    const quoted: string[] = []
    const text = paste(
      `${postgres(0, 'LOG:  server process (PID 315) was terminated by signal 9: Killed')}${' '.repeat(90)}`,
    )
    await replay(folder({ 'case.log': text }), {
      onEffect: (effect) => {
        if (effect.kind === 'alert')
          for (const evidence of effect.evidence) quoted.push('text' in evidence ? evidence.text : '')
      },
    })
    assert.deepEqual(quoted, [text.trimEnd()])
  })

  it('lines that a terminal or a mail program broke are those that they were', async () => {
    const lines = [0, 10, 20, 30, 40].map((second) =>
      patroni(second, 'no action. I am (db-2), a secondary, and following a leader (db-1)'),
    )
    lines.push(patroni(50, 'promoted self to leader by acquiring session lock and by a word that makes it long'))
    const story = await told(paste(...lines))
    const terminal = lines.flatMap((line) => [line.slice(0, 80), line.slice(80)])
    const mail = lines.flatMap((line) => line.replace(/(.{50,72}) /, '$1\n').split('\n'))
    assert.deepEqual(await told(paste(...terminal)), story)
    assert.deepEqual(await told(paste(...mail.map((line) => `> ${line}`))), story)
  })

  it('a line in bold is a line', async () => {
    const lines = [patroni(7, 'Lock owner: db-1; I am db-2'), `**${patroni(8, 'Lock owner: None; I am db-2')}**`]
    has(await told(paste(...lines)), 'db-2 lockView db-1 none logged')
  })

  it('each line as code is a line', async () => {
    const lines = [patroni(7, 'Lock owner: db-1; I am db-2'), patroni(8, 'Lock owner: None; I am db-2')]
    for (const [before, after] of [
      ['`', '`'],
      ['- `', '` '],
      ['```', '```'],
    ] as const)
      has(await told(paste(...lines.map((line) => `${before}${line}${after}`))), 'db-2 lockView db-1 none logged')
  })

  it('columns of a csvlog that are left out', async () => {
    const records = [
      `${at(7)}.100 UTC,,,71,...,LOG,"received fast shutdown request"`,
      `${at(8)}.100 UTC,"app","shop",93,"10.0.0.7:41872",...,FATAL,57P01,"terminating connection due to administrator command",...`,
      `${at(9)}.100 UTC,,,71,...,LOG,00000,"database system is shut down",,,`,
    ]
    const { summary } = await replay(folder({ 'case.log': paste(...records) }))
    assert.deepEqual([summary.records.events, summary.records.noise], [2, 1])
  })

  it('a table of a page: the column of its levels names nobody, signs of HTML are those it shows', async () => {
    const row = (second: number, message: string) =>
      `${at(second).replace(' ', 'T')}.300Z | ERROR | ${patroni(second, message)}`
    const { summary } = await replay(
      folder({
        'case.log': paste(
          row(7, 'no action.&nbsp; i am the leader with the lock'),
          row(17, 'Lock owner: &lt;old&gt;; I am &lt;new&gt;'),
        ),
      }),
    )
    assert.deepEqual([summary.records.events, summary.members.map(({ member }) => member)], [2, ['<new>']])
  })

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

  it('headings and prompts of any shell are noise', async () => {
    const around = ['# replica', '-bash-4.2$ journalctl -u patroni', '➜  ~ kubectl logs db-2', '-bash-4.2$']
    const { summary } = await replay(
      folder({ 'case.log': paste(...around, patroni(7, 'Lock owner: db-1; I am db-2')) }),
    )
    assert.deepEqual([summary.records.noise, summary.records.unrecognised], [4, 0])
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

describe('excerpts of a journal', () => {
  const journal = (tag: string, message: string, second = 7) =>
    `Mar  4 ${at(second).slice(11)} db-host ${tag}: ${message}`
  const leader = (second: number) =>
    journal('patroni[812]', patroni(second, 'no action. I am (db-1), the leader with the lock'), second)
  const killed = journal('systemd[1]', 'patroni.service: Main process exited, code=killed, status=9/KILL', 28)

  it('a host that is left out, masked, or written without the second blank names nobody, and hides no line', async () => {
    const line = `patroni[812]: ${patroni(7, 'no action. I am (db-1), a secondary, and following a leader (db-2)')}`
    const exit = 'systemd[1]: patroni.service: Main process exited, code=exited, status=1/FAILURE'
    for (const host of ['', ' ', '*** ', '***db*** ', '<host> ', 'db-host ']) {
      const { summary } = await replay(
        folder({ 'case.log': paste(`Mar 4 05:06:07 ${host}${line}`, `Mar  4 05:06:08 ${host}${exit}`) }),
      )
      assert.deepEqual(
        [summary.records.events, summary.members.map(({ member }) => member)],
        [2, ['db-1']],
        `host "${host}"`,
      )
    }
  })

  it('systemd speaks between the lines of Patroni, at the time of the journal', async () => {
    const result = journal('systemd[1]', "patroni.service: Failed with result 'signal'.", 28)
    const { summary } = await replay(folder({ 'case.log': paste(leader(7), leader(17), leader(27), killed, result) }))
    assert.deepEqual([summary.records.events, summary.records.noise], [4, 1])
    assert.deepEqual(
      summary.members.map(({ member, state }) => [member, state.patroni]),
      [['db-1', { value: 'silent', since: Date.parse('2026-03-04T05:06:28Z') }]],
    )
  })

  it('a stop that systemd tells of was asked for: PostgreSQL that is down for it is no news at night', async () => {
    const down = journal('patroni[913]', patroni(50, 'Postgresql is not running.', 'WARNING'), 50)
    const takes = journal('patroni[913]', patroni(58, 'promoted self to leader by acquiring session lock'), 58)
    const story = (named: string, end: string) => {
      const stop = journal(
        'systemd[1]',
        `Stopping ${named}Runners to orchestrate a high-availability PostgreSQL${end}`,
        46,
      )
      return told(paste(leader(7), leader(17), leader(27), leader(37), stop, down, takes, leader(68)))
    }
    for (const named of ['', 'patroni.service - '])
      for (const end of ['...', ' - patroni...']) {
        has(await story(named, end), ' writes-rejected firing info')
        hasNot(await story(named, end), 'critical', 'warning')
      }
    has(await told(paste(leader(7), leader(17), leader(27), down, leader(78))), ' writes-rejected firing critical')
  })

  it('the newest line first: lines of systemd, which name no year, do not hide it', async () => {
    const forth = await told(paste(leader(7), leader(27), killed))
    assert.deepEqual(await told(paste(killed, leader(27), leader(7))), forth)
  })

  it('PostgreSQL numbers what it gives to syslog, in front of whatever its prefix holds', async () => {
    const { summary } = await replay(
      folder({
        'case.log': paste(
          journal('postgres[93]', '[3-1] user=,db=,client= FATAL:  the database system is starting up'),
          journal('postgres[90]', '[4-1] user=,db=,client= LOG:  received fast shutdown request'),
          journal('postgres[90]', `[5-1] ${at(7)}.100 UTC [90]: LOG:  database system is shut down`),
          journal('postgres[94]', '[6-1] user=app,db=shop,client=::1 ERROR:  relation "t" does not exist'),
          journal('postgres[94]', '[6-2] user=app,db=shop,client=::1 STATEMENT:  select * from t'),
        ),
      }),
    )
    const { events, noise, continuation, unrecognised } = summary.records
    assert.deepEqual([events, noise, continuation, unrecognised], [3, 1, 1, 0])
    assert.deepEqual(
      summary.members.map(({ member, state }) => [member, state.postgres?.value]),
      [['db-host', 'stopped']],
    )
  })
})

describe('prefixes in other forms', () => {
  it('the zone of a time counts also where a comma follows it', async () => {
    const line = 'user=,db=,time=2026-03-04 07:06:07 CEST,pid=90LOG:  database system is shut down'
    const { summary } = await replay(folder({ 'case.log': paste(line) }))
    assert.equal(summary.to, Date.parse('2026-03-04T05:06:07Z'))
  })

  it('the SQLSTATE in front of a message, as log_error_verbosity = verbose writes it', async () => {
    const prefixes = [`${at(7)}.100 UTC [71] `, `${at(7)} UTC [71]: `, `user=,db=,time=${at(7)} UTC,pid=71 `]
    for (const prefix of prefixes) {
      const line = `${prefix}LOG:  00000: database system is ready to accept connections`
      const { summary } = await replay(
        folder({ 'case.log': paste(line, `${prefix}LOCATION:  reaper, postmaster.c:3049`) }),
      )
      assert.deepEqual([summary.records.events, summary.records.continuation], [1, 1], prefix)
    }
    const audit = `${at(7)}.100 UTC [71] LOG:  AUDIT: SESSION,1,1,READ,SELECT,,,select 1,<none>`
    const { summary } = await replay(folder({ 'case.log': paste(audit) }))
    assert.equal(summary.records.noise, 1)
  })

  it('an application that is called as a severity is none, and pgqd is told by its own', async () => {
    for (const name of ['INFO', 'LOG', 'ERROR', 'psql'])
      has(await told(paste(postgres(7, `${name} LOG:  database system is shut down`))), 'case postgres unknown stopped')
    hasNot(
      await told(paste(postgres(7, 'ERROR libpq: connection failed: FATAL:  the database system is shutting down'))),
      'case postgres',
    )
  })

  it('the ticker of old images names its process and no zone', async () => {
    const ticker = (second: number, text: string) => `${at(second)}.804 31 ${text}`
    const { summary } = await replay(
      folder({
        'case.log': paste(
          ticker(7, 'LOG {ticks: 0, maint: 0, retry: 0}'),
          patroni(8, 'no action. I am (db-1) the leader with the lock'),
          ticker(9, 'ERROR libpq: FATAL:  role "postgres" does not exist'),
          `${at(10)},804 31 ERROR Error communicating with DCS`,
        ),
      }),
    )
    assert.deepEqual([summary.records.unrecognised, summary.records.continuation], [0, 0])
    assert.deepEqual(
      summary.members.map(({ member, state }) => [member, state.dcs?.value]),
      [['db-1', 'unreachable']],
    )
  })

  it('a date as syslog writes it, a level without a colon', async () => {
    const story = await told(
      paste(
        'Mar 4 05:06:07   INFO Lock owner: db-2; I am db-1',
        'Mar 4 05:06:07   WARNING Postgresql is not running.',
        'Mar 4 05:06:08   UTC [71-1] LOG:  database system was interrupted; last known up at 2026-01-24 11:48:06 UTC',
      ),
    )
    has(story, 'db-1 postgres unknown stopped logged')
  })

  it('wal-g writes its level first and its date with slashes', async () => {
    const { summary } = await replay(
      folder({ 'case.log': paste('INFO: 2026/03/04 05:06:07.100000 Finished extraction of part_002.tar.lz4') }),
    )
    assert.deepEqual([summary.records.noise, summary.records.unrecognised], [1, 0])
  })

  it('pgBackRest names one of its processes, and goes on over lines without a time', async () => {
    const restore = (second: number, level: string, message: string) => `${at(second)}.064 P00 ${level}: ${message}`
    const { summary } = await replay(
      folder({
        'case.log': paste(
          restore(7, '  INFO', 'restore command begin 2.54.2: --exec-id=71-9f8e --stanza=orders'),
          'WARN: --delta or --force specified but unable to find PG_VERSION',
          restore(8, 'DETAIL', "check '/var/lib/postgresql/data' exists"),
          restore(9, '  INFO', 'restore command end: aborted with exception [075]'),
        ),
      }),
    )
    const { noise, continuation, unrecognised } = summary.records
    assert.deepEqual([noise, continuation, unrecognised], [3, 1, 0])
  })
})

describe('two clocks in one stream', () => {
  const text = paste(
    `2026-03-04 08:06:07,100 INFO: no action. I am (db-1), a secondary, and following a leader (db-2)`,
    `2026-03-04 08:06:17,100 INFO: promoted self to leader by acquiring session lock`,
    postgres(17, 'LOG:  received promote request'),
    postgres(18, 'LOG:  database system is ready to accept connections'),
    `2026-03-04 08:06:19,100 INFO: no action. I am (db-1), the leader with the lock`,
  )

  it('a journal is read by the clock of the lines in it, and the summary says so', async () => {
    const hours = (line: string) => line.replace(' 05:', ' 14:')
    const journal = (tag: string, message: string, second: number) =>
      `Mar  4 ${at(second).slice(11)} db-host ${tag}: ${message}`
    const leads = (second: number) => hours(patroni(second, 'no action. I am (db-1), the leader with the lock'))
    const killed = 'patroni.service: Main process exited, code=killed, status=9/KILL'
    const lines = [0, 10, 20].map((second) => journal('patroni[93]', leads(second), second))
    const { story, summary } = await replay(
      folder({
        'case.log': paste(journal('systemd[1]', 'Started Patroni.', 0), ...lines, journal('systemd[1]', killed, 27)),
      }),
      { learnZones: true },
    )
    assert.equal(summary.to, Date.parse('2026-03-04T14:06:27.000Z'))
    assert.deepEqual(
      summary.inputs.map(({ journalZone }) => journalZone),
      ['UTC-9'],
    )
    assert.ok(story.some((line) => line.includes('db-1 patroni alive silent')))
  })

  it('the one that names its zone tells the other, and the summary says so', async () => {
    const { story, summary } = await replay(folder({ 'case.log': text }), { learnZones: true })
    assert.deepEqual(
      [summary.from, summary.to, summary.inputs.map(({ zone }) => zone)],
      [Date.parse('2026-03-04T05:06:07.100Z'), Date.parse('2026-03-04T05:06:19.100Z'), ['UTC+3']],
    )
    const roles = story.filter((line) => line.includes(' role '))
    assert.deepEqual(
      roles.map((line) => line.split(' ')[0]),
      ['2026-03-04T05:06:07.100Z', '2026-03-04T05:06:17.100Z'],
    )
  })

  it('somebody who says the zone is believed', async () => {
    const { summary } = await replay(folder({ 'case.log': text }), { zone: 'UTC+2' })
    assert.deepEqual(
      [summary.to, summary.inputs.map(({ zone }) => zone)],
      [Date.parse('2026-03-04T06:06:19.100Z'), [undefined]],
    )
  })
})

describe('nothing but the PostgreSQL log of a replica', () => {
  const removed = postgres(0, 'LOG:  parameter "primary_conninfo" removed from configuration file, reset to default')
  const waits = (second: number) => postgres(second, 'LOG:  waiting for WAL to become available at 0/5000060', 72)
  const restored = (second: number) =>
    postgres(second, 'LOG:  restored log file "000000020000000000000005" from archive', 72)

  it('an upstream that is removed for as long as an election may last is no news', async () => {
    hasNot(await told(paste(removed, waits(5), waits(200))), 'replica-without-upstream')
    const back = postgres(30, 'LOG:  started streaming WAL from primary at 0/5000000 on timeline 2')
    hasNot(await told(paste(removed, waits(5), back, waits(400))), 'replica-without-upstream')
  })

  it('nor is one that is removed because the replica is promoted', async () => {
    const promoted = [
      postgres(10, 'LOG:  received promote request'),
      postgres(11, 'LOG:  database system is ready to accept connections'),
    ]
    hasNot(await told(paste(removed, waits(5), ...promoted, waits(400))), 'replica-without-upstream')
  })

  it('nor where its Patroni speaks, and names nobody', async () => {
    const race = [0, 10, 20].map((second) =>
      patroni(second, 'following a different leader because i am not the healthiest node'),
    )
    hasNot(await told(paste(removed, ...race, waits(400))), 'replica-without-upstream firing')
  })

  it('nor where another member is heard, and names nobody either', async () => {
    const race = [0, 10, 20].map((second) =>
      patroni(second, 'following a different leader because i am not the healthiest node'),
    )
    const files = {
      'demo/db-1/postgresql.log': paste(removed, waits(5), waits(400)),
      'demo/db-2/patroni.log': paste(...race),
    }
    hasNot((await replay(folder(files))).story, 'replica-without-upstream firing')
  })

  it('nor where it has not waited for longer than an election takes', async () => {
    const goesOn = postgres(500, 'LOG:  restartpoint starting: time')
    hasNot(await told(paste(removed, waits(5), waits(50), goesOn)), 'replica-without-upstream')
  })

  it('minutes without one are, also while single segments come out of the archive', async () => {
    has(await told(paste(removed, waits(5), waits(310))), 'case replica-without-upstream firing warning')
    has(await told(paste(removed, waits(5), restored(900))), 'case replica-without-upstream firing warning')
  })
})

describe('stamps without a fraction', () => {
  const whole = (second: number, message: string) => `${at(second)} INFO: ${message}`

  it('a restart and the heartbeat after it in one second: PostgreSQL runs at its end', async () => {
    const story = await told(
      paste(
        whole(7, 'no action. I am (db-1), a secondary, and following a leader (db-2)'),
        whole(17, 'starting after demotion in progress'),
        whole(17, 'no action. I am (db-1), a secondary, and following a leader (db-2)'),
      ),
    )
    assert.equal(
      story.filter((line) => line.startsWith('db-1 postgres ')).at(-1),
      'db-1 postgres starting running inferred',
    )
  })

  it('PostgreSQL that is stopped and started in one second runs', async () => {
    const server = (message: string) => `${at(7)} UTC [71] LOG:  ${message}`
    const story = await told(
      paste(
        server('received fast shutdown request'),
        server('database system is shut down'),
        server('starting PostgreSQL 15.18 on x86_64-pc-linux-gnu'),
        server('database system is ready to accept connections'),
      ),
    )
    assert.equal(
      story.filter((line) => line.startsWith('case postgres ')).at(-1),
      'case postgres starting running logged',
    )
  })
})

describe('a demotion as releases up to 2.1.1 tell it', () => {
  it('stops PostgreSQL, though no line says that it begins', async () => {
    const story = await told(
      paste(
        patroni(0, 'Lock owner: db-1; I am db-1'),
        patroni(0, 'no action.  i am the leader with the lock'),
        patroni(10, 'demoted self because DCS is not accessible and i was a leader'),
      ),
    )
    has(story, 'db-1 postgres running stopped inferred', 'db-1 role leader none logged')
  })

  it('says nothing of a PostgreSQL that is up again as a replica', async () => {
    const story = await told(
      paste(
        patroni(0, 'Lock owner: db-1; I am db-1'),
        patroni(0, 'no action.  i am the leader with the lock'),
        postgres(10, 'LOG:  received fast shutdown request'),
        postgres(11, 'LOG:  database system is shut down'),
        postgres(12, 'LOG:  starting PostgreSQL 15.18 on x86_64-pc-linux-gnu'),
        postgres(12, 'LOG:  database system is ready to accept read-only connections'),
        patroni(13, 'demoted self because DCS is not accessible and i was a leader'),
      ),
    )
    has(story, 'db-1 role leader none logged')
    assert.equal(story.filter((line) => line.includes(' postgres ')).at(-1), 'db-1 postgres starting running logged')
  })

  it('is quoted once, whatever it speaks for', async () => {
    const alerts: Effect[] = []
    const lines = [
      patroni(0, 'no action. I am (db-1), the leader with the lock'),
      patroni(10, 'demoted self because DCS is not accessible and i was a leader'),
      patroni(20, 'Lock owner: None; I am db-1'),
    ]
    await replay(folder({ 'case.log': paste(...lines) }), { onEffect: (effect) => alerts.push(effect) })
    const rejected = alerts.find((effect) => effect.kind === 'alert' && effect.rule === 'writes-rejected')
    assert.equal(rejected?.kind === 'alert' ? rejected.evidence.length : 0, 1)
  })
})

describe('a standby cluster', () => {
  it('who takes its lock leads the standby cluster, and goes on to do so whatever else it says', async () => {
    const story = await told(
      paste(
        patroni(0, 'promoted self to a standby leader by acquiring session lock'),
        patroni(1, 'Lock owner: db-1; I am db-1'),
        patroni(2, 'updated leader lock during changing primary_conninfo and restarting'),
        patroni(12, 'no action. I am (db-1), the standby leader with the lock'),
      ),
    )
    has(story, 'db-1 role unknown standby_leader logged')
    hasNot(story, ' leader standby_leader', ' standby_leader leader', 'db-1 upstream', 'firing')
  })
})

describe('PostgreSQL in another language', () => {
  const server = (second: number, message: string) => `${at(second)}.100 UTC [71] ${message}`

  it('means what it means in English, in Russian down to the answer of its source', async () => {
    const gone = 'запрошенный сегмент WAL 000000020000000000000003 уже удалён'
    const story = await told(
      paste(
        server(0, 'СООБЩЕНИЕ:  система БД готова принимать подключения в режиме "только чтение"'),
        server(1, 'СООБЩЕНИЕ:  начало передачи журнала с главного сервера, с позиции 0/3000000 на линии времени 2'),
        server(31, `ВАЖНО:  не удалось получить данные из потока WAL: ОШИБКА:  ${gone}`),
        server(31, 'ПОДРОБНОСТИ:  подробности'),
        server(71, `ВАЖНО:  не удалось получить данные из потока WAL: ОШИБКА:  ${gone}`),
        server(101, `ВАЖНО:  не удалось получить данные из потока WAL: ОШИБКА:  ${gone}`),
      ),
    )
    has(story, 'case postgres unknown running logged', 'case replication streaming stopped logged')
    has(story, 'case wal-missing firing critical')
  })

  it('has severities without capitals, or with a blank behind them', async () => {
    for (const [ready, hint] of [
      ['日志:  数据库系统已准备好接受连接', '提示:  提示'],
      ['LOG:  le système de bases de données est prêt pour accepter les connexions', 'ASTUCE\u00a0:  un mot'],
    ] as const) {
      const { story, summary } = await replay(folder({ 'case.log': paste(server(0, ready), server(0, hint)) }))
      assert.deepEqual([summary.records.events, summary.records.continuation, summary.records.unrecognised], [1, 1, 0])
      assert.ok(story.some((line) => line.includes('case postgres unknown running logged')))
    }
  })
})

describe('a report in which logs stand one behind the other', () => {
  const beats = (member: string, leader: string) =>
    [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120].map((second) =>
      patroni(
        second,
        member === leader
          ? `no action. I am (${member}), the leader with the lock`
          : `no action. I am (${member}), a secondary, and following a leader (${leader})`,
      ),
    )
  const cutOff = [
    postgres(20, 'LOG:  parameter "primary_conninfo" removed from configuration file, reset to default'),
    postgres(20, 'FATAL:  terminating walreceiver process due to administrator command', 80),
    ...[30, 40, 50, 60, 70].map((second) =>
      postgres(second, 'LOG:  waiting for WAL to become available at 0/5000018', 72),
    ),
    postgres(90, 'LOG:  started streaming WAL from primary at 0/5000000 on timeline 1', 90),
  ]
  const fenced = (title: string, lines: readonly string[]) => [title, '```', ...lines, '```', '']

  it('PostgreSQL’s log of the same minutes is read with Patroni’s, before or behind it', async () => {
    const logs = [fenced('Patroni log:', beats('db-2', 'db-1')), fenced('Postgres log:', cutOff)]
    const mixed = await told(paste(...[...beats('db-2', 'db-1'), ...cutOff].sort()))
    has(mixed, 'db-2 replica-without-upstream firing critical', 'db-2 replica-without-upstream resolved')
    assert.deepEqual(await told(paste(...logs.flat())), mixed)
    assert.deepEqual(await told(paste(...logs.reverse().flat())), mixed)
  })

  it('each log of PostgreSQL is of the member whose log of Patroni it goes with', async () => {
    const story = await told(
      paste(
        ...fenced('Patroni of the first one:', beats('db-1', 'db-1')),
        ...fenced('its PostgreSQL:', [postgres(0, 'LOG:  checkpoint starting: time')]),
        ...fenced('Patroni of the other one:', beats('db-2', 'db-1')),
        ...fenced('its PostgreSQL:', cutOff),
      ),
    )
    has(story, 'db-2 replica-without-upstream firing critical')
    hasNot(story, 'db-1 replication')
  })

  it('logs of PostgreSQL behind those of Patroni stand in the same order', async () => {
    const primary = [0, 60, 120].map((second) => postgres(second, 'LOG:  checkpoint starting: time'))
    const story = await told(
      paste(
        ...fenced('### Patroni log files', beats('db-2', 'db-1')),
        ...fenced('the other one', beats('db-1', 'db-1')),
        ...fenced('### PostgreSQL log files', cutOff),
        ...fenced('the other one', primary),
      ),
    )
    has(story, 'db-2 replica-without-upstream firing critical')
    hasNot(story, 'db-1 replication', 'case ')
  })

  const asks = (second: number) =>
    postgres(
      second,
      'FATAL:  could not receive data from WAL stream: ERROR:  requested WAL segment 000000030000000A00000044 has already been removed',
      90,
    )
  const refuses = (second: number) =>
    postgres(second, 'ERROR:  requested WAL segment 000000030000000A00000044 has already been removed', 81)

  it('a member in front of a time as SQL writes it is told from others', async () => {
    const line = (member: string, second: number, message: string) =>
      ` ${member}| ${at(second)}.19907-05 | [26]: [11-1] user=,db=,client= ${message}`
    const story = await told(
      paste(
        line('m-1', 0, 'LOG:  received fast shutdown request'),
        line('m-0', 4, 'LOG:  received promote request'),
        line('m-0', 6, 'LOG:  database system is ready to accept connections'),
      ),
    )
    has(story, 'm-1 postgres unknown stopped', 'm-0 postgres unknown running')
  })

  it('what stands above the logs names their members', async () => {
    for (const [first, second] of [
      ['sql1:', 'sql2:'],
      ['**sql1**', '**sql2**'],
      ['### Log of sql1', '### Log of sql2'],
      ['[root@sql1 ~]# tail postgresql-Wed.log', '[root@sql2 ~]# tail postgresql-Wed.log'],
    ] as const) {
      const story = await told(
        paste(first, '', asks(0), asks(5), asks(70), '', second, refuses(0), refuses(5), refuses(70)),
      )
      has(story, 'sql1 replication unknown stopped', 'sql1 wal-missing firing critical sql1')
      hasNot(story, 'sql2')
    }
  })

  it('roles name them where nothing else does', async () => {
    const logs = (first: string, second: string) => [first, asks(0), asks(5), asks(70), '', second, refuses(0)]
    has(await told(paste(...logs('Standby log:', 'On the primary:'))), 'standby replication unknown stopped')
    hasNot(
      await told(paste(...logs('Standby log:', 'On the primary:'), '', 'Patroni:', ...beats('db-1', 'db-1'))),
      'standby ',
    )
  })
})
