import { becomesStandby } from '../becomes-standby.ts'
import { demotionHangsEarly } from '../demotion-hangs.ts'
import { listedAgain } from '../listed-again.ts'
import { quotesSuccessor } from '../quotes-successor.ts'
import { type ClusterStory, cluster, demo, type Story, stories } from '../story.ts'

const { silent, fires, missing } = stories('writes-rejected')

/** The log of pg-0 is all there is. */
function lone(): ClusterStory {
  return demo().logsOnly().logsVanish(0, 'pg-1').logsVanish(0, 'pg-2')
}

/** The port of the primary refuses pg-1 from second 100 on. */
function refused(story = demo()) {
  for (const t of [100.1, 105.1, 110.1, 115.1, 120.1])
    story.postgresSays(
      'pg-1',
      t,
      'could not connect to the primary server: connection to server at "10.0.0.1", port 5432 failed: Connection refused',
    )
  return story
}

for (const seconds of [0, 3, 10])
  silent(`a graceful stop; the clock of the leader, whose last line quotes its successor, is ${seconds} s ahead`, () =>
    quotesSuccessor(seconds),
  )
silent(
  'a switchover to a member that nobody polls, and whose lines nobody ships: the others list it as the leader',
  () => demo().metricsOnly().sampledEvery(5).metricsVanish(0, 'pg-1').switchover('pg-1', 100).until(400),
  (told) => told.neverPages(),
)
for (const seconds of [3, 8, 12])
  silent(
    `a switchover; what the old leader, its clock ${seconds} s ahead, quotes of its successor, which nobody polls, is of before`,
    () =>
      demo()
        .sampledEvery(5)
        .withoutPostgresLogs()
        .clockAhead('pg-0', seconds)
        .metricsVanish(87, 'pg-1')
        .switchover('pg-1', 130)
        .until(400),
    (told) => told.neverPages(),
  )
for (const [by, told] of Object.entries({
  'lines and readings': () => demo(),
  'readings alone': () => demo().metricsOnly(),
}))
  silent(`by ${by}: the primary is restarted, after a checkpoint of 7 minutes in which it goes on`, () =>
    told().restart('pg-0', 100, 420).until(700),
  )
silent("the leader's Patroni is dead, and one of two replicas streams from it all the same", () =>
  demo().metricsOnly().sampledEvery(30).patroniDies('pg-0', 100).breakConnection('pg-1', 110).until(300),
)
silent('the same, and the other one loses it later: WAL came from it meanwhile', () =>
  demo().patroniDies('pg-0', 100).breakConnection('pg-1', 110).breakConnection('pg-2', 125).until(300),
)
silent('its REST API refuses and nobody streams from it, while its log goes on', () =>
  demo().polledInVain(100, 'pg-0').breakConnection('pg-1', 101).breakConnection('pg-2', 101).until(300),
)
silent('a healthy cluster', () => demo().until(600))
silent('the primary falls silent', () => demo().logsVanish(100, 'pg-0').metricsVanish(100, 'pg-0').until(400))
silent('a replica is refused, while the primary says that it leads', () => refused(demo().logsOnly()).until(400))
silent('a cascading replica is refused by its upstream', () =>
  refused(cluster('demo').replica('pg-1', { replicatefrom: 'pg-2' }).replica('pg-2'))
    .logsVanish(100, 'pg-0')
    .metricsVanish(100, 'pg-0')
    .until(400),
)
silent('a standby cluster', () => cluster('demo').standbyCluster().replica('pg-1').until(600))
silent('the leader of a standby cluster is restarted, and hands over its lock later', () =>
  cluster('demo')
    .standbyCluster()
    .replica('pg-1')
    .logsOnly()
    .says('pg-0', 100, 'updated leader lock during restart')
    .says('pg-0', 108, 'switchover: demoting myself')
    .says('pg-0', 108.1, 'Demoting self (graceful)')
    .logsVanish(108.2, 'pg-0')
    .says('pg-1', 109, 'promoted self to a standby leader by acquiring session lock')
    .until(400),
)
silent(
  'the cluster is made the standby of another one',
  () => becomesStandby(demo(), 'demote-cluster').until(250),
  (told) => told.neverPages(),
)
silent('failsafe mode holds', () => demo().dcsOutage(100, 200).until(400))
silent(
  'a switchover',
  () => demo().switchover('pg-1', 100),
  (told) => told.neverPages(),
)
silent(
  'a graceful stop of the leader',
  () => demo().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 160),
  (told) => told.neverPages(),
)
silent(
  'a restart of the primary',
  () => demo().restart('pg-0', 100),
  (told) => told.neverPages(),
)
silent(
  'all members are stopped gracefully',
  () => demo().gracefulStop('pg-1', 100).gracefulStop('pg-2', 101).gracefulStop('pg-0', 102).until(390),
  (told) => told.neverPages(),
)
silent(
  'all members are stopped gracefully, and started again after a minute: the primary first, just before a check',
  () =>
    demo()
      .gracefulStop('pg-1', 100)
      .gracefulStop('pg-2', 101)
      .gracefulStop('pg-0', 102)
      .postgresSays('pg-0', 159.7, 'starting PostgreSQL 15.20 on x86_64-pc-linux-gnu, 64-bit')
      .postgresSays('pg-0', 160.3, 'database system is ready to accept connections')
      .until(400),
  (told) => told.neverPages(),
)
silent(
  'a switchover of which only the old leader is heard: it follows another soon',
  () => lone().switchover('pg-1', 100).until(400),
  (told) => told.neverPages(),
)
silent(
  'a leader is stopped for long, and nothing but its own log is here: another may have taken over',
  () => lone().gracefulStop('pg-0', 100, 'pg-1').until(1_200),
  (told) => told.neverPages(),
)

fires(
  'a leader crashes and says no more, and nothing but its own log is here',
  () => lone().crash('pg-0', 100, 300).dies('pg-0', 102).until(1_200),
  (told) => told.firesBy(110).stillFiringAt(1_199),
)
fires(
  'no line of the new primary arrives for a minute in which it is promoted, as requested',
  () => demo().logsOnly().logsVanish(95, 'pg-1').switchover('pg-1', 100).logsReturn(165, 'pg-1').until(400),
  (told) => told.neverPages(),
)

/** pg-1 takes over as asked and confirms its lock each loop, while its promotion hangs. */
function hangs(): ClusterStory {
  return demo()
    .withoutPostgresLogs()
    .sampledEvery(1)
    .switchover('pg-1', 100)
    .changes(101.6, (world) => {
      world.node('pg-1').role = 'replica'
    })
}

fires(
  'demotion for the DCS: from the demotion to the promotion',
  () => demo().dcsOutage(100, 160, { failsafe: false }).until(400),
  (told) => told.notBefore(105).firesBy(120).severityAt(150, 'critical').stillFiringAt(159).resolvedBy(175).begins(1),
)
silent(
  'the demotion hangs before PostgreSQL is told to stop: it writes on',
  () => demotionHangsEarly(demo()).until(390),
  (told) => told.neverPages().quietAt(130),
)
fires(
  'the node of the primary dies without a word, and its port refuses a replica',
  () => refused().leaderDies(100, 'pg-1').until(400),
  (told) =>
    told
      .notBefore(110)
      .firesBy(125)
      .severityAt(126, 'critical')
      .says(/its port refuses pg-1/)
      .shows('pg-0', 'postgres', 'stopped', 105, 300)
      .resolvedBy(150),
)
/** The polls of a member find nobody at its port. */
function portClosed(story: ClusterStory, t: number, member = 'pg-0'): ClusterStory {
  return story.changes(t, (world) => {
    Object.assign(world.node(member), { metrics: true, answers: false })
  })
}

silent('Patroni of the primary is down, and its PostgreSQL goes on: its replicas stream', () =>
  portClosed(demo().metricsOnly().patroniDies('pg-0', 100), 100).until(115),
)
/** Patroni of the leader is away for a minute, and its PostgreSQL goes on; read every 5 s. */
const patroniAway = (story: ClusterStory): ClusterStory =>
  story.metricsOnly().sampledEvery(5).polledInVain(100, 'pg-0').polledAgain(160, 'pg-0').until(300)
silent('the same while its only replica reads the archive', () =>
  patroniAway(cluster('demo').replica('pg-1', { nostream: true })),
)
silent('the same while its replicas have lost their upstream long before', () =>
  patroniAway(demo().removeUpstream('pg-1', 50).removeUpstream('pg-2', 55)),
)
fires(
  'the same from samples alone: its REST API refuses, and nobody streams from it',
  () => portClosed(demo().metricsOnly().sampledEvery(5).leaderDies(100, 'pg-1'), 100.1).until(400),
  (told) =>
    told
      .notBefore(110)
      .firesBy(125)
      .severityAt(126, 'critical')
      .says(/its REST API refuses/)
      .shows('pg-0', 'postgres', 'stopped', 105, 300)
      .resolvedBy(150),
)
/** That a leader died is told by its REST API, which refuses, until another leads. */
const refusing = (told: Story): Story =>
  told
    .notBefore(110)
    .firesBy(125)
    .says(/its REST API refuses/)
    .resolvedBy(150)
fires(
  'the same when a replica has died before, which nobody can ask any more',
  () => {
    const story = portClosed(demo().metricsOnly().sampledEvery(5).dies('pg-2', 60), 60.1, 'pg-2')
    return portClosed(story.leaderDies(100, 'pg-1'), 100.1).until(400)
  },
  refusing,
)
fires(
  'the same when PostgreSQL of a replica does not run, as its Patroni says',
  () => {
    const story = demo().metricsOnly().sampledEvery(5)
    story.changes(60, (world) => {
      world.node('pg-2').postgres = 'stopped'
    })
    return portClosed(story.leaderDies(100, 'pg-1'), 100.1).until(400)
  },
  refusing,
)
fires(
  'the same while another replica streams on, from a replica',
  () => {
    const chain = cluster('demo').replica('pg-1').replica('pg-2', { replicatefrom: 'pg-1' })
    return portClosed(chain.metricsOnly().sampledEvery(5).leaderDies(100, 'pg-1'), 100.1).until(400)
  },
  refusing,
)
fires(
  'the same from logs alone',
  () => refused(demo().logsOnly()).leaderDies(100, 'pg-1').until(400),
  (told) => told.notBefore(110).firesBy(125).resolvedBy(165),
)
fires(
  'the successor of a switchover confirms its lock each loop while its promotion hangs',
  () => hangs().until(300),
  (told) => {
    told.severityAt(140, 'critical').stillFiringAt(299).unchangedAfter(140).begins(1)
    told.of('leader-not-primary').notBefore(130).firesBy(175).stillFiringAt(299)
    told.of('no-leader').says(/pg-1 holds the leader lock, but no member runs as primary since/)
  },
)
fires(
  'the same for half a minute, and by the time that it is over nobody reads it any more: its heartbeats are what is left',
  () => hangs().metricsVanish(140).until(300),
  (told) => told.severityAt(140, 'critical').stillFiringAt(155).resolvedBy(175).begins(1),
)
fires(
  'the primary crashes and recovers in 20 s',
  () => demo().crash('pg-0', 100, 20).until(300),
  (told) => told.notBefore(105).firesBy(115).severityAt(115, 'critical').resolvedBy(130),
)
fires(
  'the same, half a minute after a restart that was asked for',
  () => demo().restart('pg-0', 70).crash('pg-0', 100, 20).until(300),
  (told) => told.severityAt(115, 'critical').resolvedBy(130),
)
fires(
  'from samples alone, its PostgreSQL does not come up again: a demoted member has no role in a sample',
  () =>
    demo()
      .sampledEvery(5)
      .metricsOnly()
      .changes(100, (world) => Object.assign(world.node('pg-0'), { postgres: 'start failed', metrics: false }))
      .changes(101, (world) =>
        world.reading(world.node('pg-0'), 101, '/patroni', { state: 'start failed', role: 'demoted' }),
      )
      .until(150),
  (told) => told.firesBy(120).says(/: a sample reads start failed$/),
)
fires(
  'a graceful stop after which nobody takes over is critical after 30 s',
  () => demo().gracefulStop('pg-0', 100).until(300),
  (told) => told.severityAt(250, 'critical'),
)

fires(
  'the leader dies, and lines of who took the lock are missing: until a third one streams from it',
  () => demo().logsOnly().logsVanish(95, 'pg-1').leaderDies(100, 'pg-1').until(600),
  (told) => told.firesBy(120).stillFiringAt(130).resolvedBy(145).begins(1),
)

fires(
  'the leader demotes itself, and a member that nobody polls takes over: until the others list it as running for two loops',
  () => demo().metricsOnly().sampledEvery(5).metricsVanish(0, 'pg-1').dcsPartition(100, 'pg-1', 200).until(400),
  (told) => told.firesBy(135).stillFiringAt(145).resolvedBy(165).begins(1),
)

fires(
  'from samples alone, the others list the dead leader, which is polled in vain, as running again for a while',
  () => listedAgain(demo().metricsOnly().sampledEvery(5)).until(400),
  (told) => told.firesBy(140).stillFiringAt(189).resolvedBy(205).begins(1),
)
missing('the primary is neither heard nor measured', () =>
  demo().logsVanish(50, 'pg-0').metricsVanish(50, 'pg-0').dcsOutage(100, 160, { failsafe: false }).until(150),
)
missing(
  'nothing is heard after the demotion: it stays',
  () => demo().dcsOutage(100, 5000, { failsafe: false }).logsVanish(130).metricsVanish(130).until(600),
  (told) => told.firesBy(120).stillFiringAt(600).unchangedAfter(130),
)
