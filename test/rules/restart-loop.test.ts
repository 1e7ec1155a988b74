import { startsInVain } from '../starts-in-vain.ts'
import { type ClusterStory, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('restart-loop')

/** The postmaster is killed and Patroni starts PostgreSQL again. */
function killed(story: ClusterStory, member: string, t: number): ClusterStory {
  return story
    .postgresSays(member, t, 'starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu')
    .postgresSays(member, t + 0.2, 'database system was not properly shut down; automatic recovery in progress')
    .postgresSays(
      member,
      t + 1,
      `database system is ready to accept ${member === 'pg-0' ? '' : 'read-only '}connections`,
    )
}

silent('a healthy cluster', () => demo().until(600))
silent('three restarts that were asked for within five minutes', () =>
  demo().restart('pg-1', 100).restart('pg-1', 180).restart('pg-1', 260).restart('pg-1', 340),
)
silent('a rolling restart with a switchover', () =>
  demo().restart('pg-1', 100).restart('pg-2', 130).switchover('pg-1', 160).restart('pg-0', 220),
)
silent('rewind, and a copy', () => demo().rewind('pg-1', 100, 130).reinit('pg-1', 200, 260))
silent('stop and start, three times', () =>
  demo()
    .gracefulStop('pg-1', 100)
    .start('pg-1', 130)
    .gracefulStop('pg-1', 180)
    .start('pg-1', 210)
    .gracefulStop('pg-1', 260)
    .start('pg-1', 290),
)
silent('two crashes', () => killed(killed(killed(demo(), 'pg-1', 20), 'pg-1', 100), 'pg-1', 700))
silent('slots are copied: the replica is restarted', () =>
  demo()
    .says('pg-1', 99, "Copying logical slots ['cdc'] from the primary")
    .restart('pg-1', 100)
    .restart('pg-1', 200)
    .restart('pg-1', 290),
)

fires(
  'a replica whose postmaster is killed again and again',
  () => killed(killed(killed(killed(demo(), 'pg-1', 50), 'pg-1', 100), 'pg-1', 160), 'pg-1', 220).until(700),
  (told) => told.notBefore(220).firesBy(230).severityAt(400, 'warning').stillFiringAt(500).resolvedBy(530).begins(1),
)
fires(
  'the leader crashes in place three times: critical',
  () => demo().crash('pg-0', 100, 3).crash('pg-0', 150, 3).crash('pg-0', 200, 3).until(700),
  (told) => told.firesBy(210).severityAt(300, 'critical').resolvedBy(515),
)

fires(
  'stopped for maintenance, it does not start again: its port is taken',
  () => {
    const story = demo().gracefulStop('pg-1', 90)
    for (let t = 120; t < 420; t += 10)
      story
        .postgresSays('pg-1', t, 'starting PostgreSQL 15.20 on x86_64-pc-linux-gnu, 64-bit')
        .postgresSays('pg-1', t + 0.1, 'could not create any TCP/IP sockets')
        .says('pg-1', t + 5, 'failed to start postgres')
    return story.until(420)
  },
  (told) => told.notBefore(140).firesBy(195).severityAt(300, 'warning').stillFiringAt(419),
)

/** Patroni starts PostgreSQL, which gives up before it says the first line of a start. */
function inVain(story: ClusterStory, member: string, times: readonly number[]): ClusterStory {
  for (const t of times)
    story
      .postgresSays(member, t, 'could not access file "audit": No such file or directory')
      .says(member, t + 0.1, `postmaster pid=${1000 + t}`)
      .says(member, t + 2, 'postmaster is not running', 'ERROR')
  return story
}

fires(
  'a library that is to be preloaded is not there: PostgreSQL says nothing of its starts',
  () => inVain(demo().restart('pg-1', 60).gracefulStop('pg-1', 100), 'pg-1', [105, 115, 125, 135, 145]).until(600),
  (told) => told.notBefore(135).firesBy(140).severityAt(300, 'warning').begins(1),
)
silent('a library is not there, then it is: two starts follow one that failed', () =>
  inVain(demo().restart('pg-1', 60).gracefulStop('pg-1', 100), 'pg-1', [105, 115, 125]).start('pg-1', 140).until(600),
)
silent('two starts in vain, and one that works: Patroni tells of it before PostgreSQL does', () =>
  inVain(demo().restart('pg-1', 60).gracefulStop('pg-1', 100), 'pg-1', [105, 115])
    .says('pg-1', 125, 'postmaster pid=1125')
    .postgresSays('pg-1', 125.2, 'starting PostgreSQL 15.20 on x86_64-pc-linux-gnu, 64-bit')
    .start('pg-1', 125.3)
    .until(600),
)
silent('a start that was asked for fails at once, the next one works; and once more', () => {
  const story = demo()
  for (const t of [100, 170])
    story
      .gracefulStop('pg-1', t)
      .postgresSays('pg-1', t + 1, 'starting PostgreSQL 15.20 on x86_64-pc-linux-gnu, 64-bit')
      .postgresSays('pg-1', t + 1.02, 'could not create any TCP/IP sockets')
      .says('pg-1', t + 1.1, `postmaster pid=${1000 + t}`)
      .start('pg-1', t + 30)
  return story.until(600)
})

missing('PostgreSQL is not shipped', () =>
  demo().withoutPostgresLogs().crash('pg-0', 100, 3).crash('pg-0', 150, 3).crash('pg-0', 200, 3),
)
missing(
  'nobody is heard any more while it fires: it stays, as its PostgreSQL may have died',
  () =>
    demo()
      .crash('pg-0', 100, 3)
      .crash('pg-0', 150, 3)
      .crash('pg-0', 200, 50)
      .logsVanish(210)
      .metricsVanish(210)
      .until(1000),
  (told) => told.firesBy(210).stillFiringAt(1000),
)
fires(
  'Patroni alone is heard: it finds PostgreSQL not running, and starts it, again and again',
  () => {
    const story = demo().logsOnly().withoutPostgresLogs()
    for (const t of [100, 110, 120, 130])
      story
        .says('pg-1', t, 'Postgresql is not running.', 'WARNING')
        .says('pg-1', t + 0.01, 'starting as a secondary')
        .says('pg-1', t + 0.4, `postmaster pid=${t}`)
    return story.until(900)
  },
  (told) => told.notBefore(120).firesBy(130).severityAt(140, 'warning'),
)
/** Patroni tries to start PostgreSQL and has no postmaster to tell of: its configuration cannot be read. */
function withoutPostmaster(story: ClusterStory, times: readonly number[]): ClusterStory {
  story.changes((times[0] as number) - 1, (world) => {
    Object.assign(world.node('pg-1'), { postgres: 'stopped', cycle: () => {} })
  })
  for (const t of times)
    story
      .says('pg-1', t, 'Postgresql is not running.', 'WARNING')
      .says('pg-1', t + 0.01, 'starting as a secondary')
      .says('pg-1', t + 1, 'Lock owner: pg-0; I am pg-1')
      .says('pg-1', t + 1.01, 'failed to start postgres')
  return story
}
fires(
  'Patroni alone is heard: it fails to start PostgreSQL again and again, before there is a postmaster',
  () => withoutPostmaster(demo().logsOnly().withoutPostgresLogs(), [100, 110, 120, 130, 140]).until(300),
  (told) => told.notBefore(130).firesBy(140).severityAt(200, 'warning').begins(1),
)
silent('the same three times, then it starts', () =>
  withoutPostmaster(demo().logsOnly().withoutPostgresLogs(), [100, 110, 120])
    .says('pg-1', 130, 'starting as a secondary')
    .says('pg-1', 130.4, 'postmaster pid=130')
    .start('pg-1', 130.5)
    .until(600),
)
fires(
  'from samples alone: its state is start failed and starting by turns',
  () => startsInVain(demo().metricsOnly().sampledEvery(1), 'pg-1', 100, 200).until(700),
  (told) => told.notBefore(120).firesBy(140).severityAt(150, 'warning').stillFiringAt(450).resolvedBy(510).begins(1),
)
silent('from samples alone: one start fails, the next works', () =>
  startsInVain(demo().metricsOnly().sampledEvery(1), 'pg-1', 100, 112).until(600),
)
