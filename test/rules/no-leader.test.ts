import { listedAgain } from '../listed-again.ts'
import { type ClusterStory, cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('no-leader')

for (const [by, told] of Object.entries({
  'lines and readings': () => demo(),
  'readings alone': () => demo().metricsOnly(),
}))
  silent(`by ${by}: the primary is restarted, after a checkpoint of 7 minutes in which it goes on`, () =>
    told().restart('pg-0', 100, 420).until(700),
  )
for (const interval of [1, 10])
  silent(`by readings alone, each ${interval} s: all were stopped, and the first to come back finds no leader`, () =>
    demo()
      .metricsOnly()
      .sampledEvery(interval)
      .pause(50)
      .changes(100, (world) => {
        for (const node of world.nodes.values()) node.patroni = 'down'
      })
      .resume(199)
      .changes(200, (world) => {
        Object.assign(world.node('pg-0'), { patroni: 'up', postgres: 'stopped', unlocked: true, lock: false })
      })
      .changes(212, (world) => {
        Object.assign(world.node('pg-0'), { postgres: 'running', start: 212, unlocked: false, lock: true })
      })
      .until(300),
  )
silent('a healthy cluster', () => demo().until(600))
silent('an election', () => demo().leaderDies(100, 'pg-1'))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('one stale replica while the leader confirms', () => demo().staleView('pg-1', 100).until(400))
silent('only the log of one stale replica, which itself finds the leader alive', () =>
  demo().logsOnly().logsVanish(0, 'pg-0').logsVanish(0, 'pg-2').staleView('pg-1', 100).until(400),
)
silent('the lines of who took the lock are missing: another names it', () =>
  demo().logsOnly().logsVanish(95, 'pg-1').leaderDies(100, 'pg-1').until(400),
)
silent('the same, and its answers end before', () =>
  demo().logsVanish(95, 'pg-1').metricsVanish(128, 'pg-1').leaderDies(100, 'pg-1').until(400),
)
silent('failsafe mode: all members see no leader', () => demo().dcsOutage(100, 300).until(500))
silent('all members are stopped gracefully', () =>
  demo().gracefulStop('pg-1', 100).gracefulStop('pg-2', 101).gracefulStop('pg-0', 102).until(600),
)
silent('a standby cluster', () => cluster('demo').standbyCluster().replica('pg-1').until(600))
silent('the logs of everybody end', () => demo().logsOnly().logsVanish(100).until(600))
silent('first bootstrap: no leader was seen yet', () =>
  demo()
    .logsOnly()
    .logsVanish(0, 'pg-0')
    .says('pg-1', 1, 'waiting for leader to bootstrap')
    .leaderDiesForGood(1)
    .until(200),
)

fires(
  'the leader dies, and the others race in vain until one is promoted',
  () => demo().leaderDiesForGood(100).elect('pg-1', 400).until(600),
  (told) => told.notBefore(120).firesBy(165).severityAt(390, 'critical').stillFiringAt(399).resolvedBy(415).begins(1),
)
fires(
  'the logs begin after the leader died',
  () => demo().logsOnly().logsVanish(0, 'pg-0').leaderDiesForGood(0).until(200),
  (told) => told.notBefore(30).firesBy(70).stillFiringAt(199),
)
/** From 131 the replicas try to take the lock in each loop, and the DCS refuses it to them. */
function refused(story: ClusterStory): ClusterStory {
  return story.changes(131, (world) => {
    for (const node of world.nodes.values()) {
      if (node.name === 'pg-0') continue
      node.cycle = (now) => {
        world.patroni(node, now, 'Could not take out TTL lock')
        world.patroni(node, now + 0.1, 'following new leader after trying and failing to obtain lock')
      }
    }
  })
}
fires(
  'the logs begin when the DCS refuses the lock to everybody already',
  () => refused(demo().logsOnly().leaderDiesForGood(100).logsVanish(0).logsReturn(140)).until(400),
  (told) => told.notBefore(170).firesBy(200).stillFiringAt(399).begins(1),
)
silent('a replica tries for the lock in vain, once, as another one was faster whose lines are missing', () =>
  demo()
    .logsOnly()
    .logsVanish(95, 'pg-1')
    .leaderDies(100, 'pg-1')
    .says('pg-2', 130.6, 'Could not take out TTL lock')
    .says('pg-2', 130.7, 'following new leader after trying and failing to obtain lock')
    .until(400),
)
fires(
  'from logs alone',
  () => demo().logsOnly().leaderDiesForGood(100).elect('pg-1', 400).until(600),
  (told) => told.notBefore(120).firesBy(165).stillFiringAt(399).resolvedBy(415),
)
fires(
  'Patroni of the leader is gone, its PostgreSQL goes on without the lock and makes checkpoints, and nobody may follow',
  () => {
    const story = demo().logsOnly().leaderDiesForGood(100)
    story.changes(101, (world) => Object.assign(world.node('pg-0'), { postgresLogs: true }))
    for (let t = 250; t < 900; t += 300) story.postgresSays('pg-0', t, 'checkpoint starting: time')
    return story.until(900)
  },
  (told) => told.firesBy(165).stillFiringAt(899).begins(1),
)
fires(
  'measured: every member answers and none is a primary',
  () =>
    demo()
      .metricsOnly()
      .changes(100, (world) => {
        Object.assign(world.node('pg-0'), { role: 'replica', lock: false, conninfo: null })
      })
      .until(400),
  (told) => told.notBefore(115).firesBy(150),
)
fires(
  'every member sees it in turn: one record, not one a reading',
  () =>
    demo()
      .dcsOutage(100, 5000, { failsafe: false })
      .changes(110, (world) => {
        for (const node of world.nodes.values()) node.unlocked = true
      })
      .patroniDies('pg-0', 200)
      .until(390),
  (told) => told.firesBy(150).begins(1).unchangedAfter(150),
)
fires(
  'on Kubernetes the lock is given up, for the data of its holder are gone: its owner is written as no name',
  () => {
    const story = demo().logsOnly().leaderDiesForGood(100)
    for (const name of ['pg-1', 'pg-2'])
      story.changes(101, (world) => {
        world.node(name).cycle = (t) => {
          world.patroni(world.node(name), t, `Lock owner: ; I am ${name}`)
          world.patroni(world.node(name), t + 0.01, 'waiting for leader to bootstrap')
        }
      })
    return story.until(300)
  },
  (told) => told.notBefore(120).firesBy(165).shows('pg-1', 'lockView', 'none', 100, 125).stillFiringAt(299),
)

missing('nobody is heard', () => demo().logsVanish(90).metricsVanish(90).leaderDiesForGood(100).until(600))
missing(
  'everybody falls silent while it fires: it stays',
  () => demo().leaderDiesForGood(100).logsVanish(200).metricsVanish(200).until(600),
  (told) => told.firesBy(165).stillFiringAt(600).unchangedAfter(200),
)

fires(
  'from samples alone: every member answers for 15 s, and none runs as primary',
  () => demo().metricsOnly().sampledEvery(5).leaderWithoutPostgres(100).until(300),
  (told) => told.notBefore(115).firesBy(130).stillFiringAt(299).begins(1),
)
silent('the same for 12 s', () => demo().metricsOnly().sampledEvery(1).crash('pg-0', 100, 12).until(300))
missing('the same while one member is polled in vain', () =>
  demo().metricsOnly().sampledEvery(5).polledInVain(50, 'pg-2').leaderWithoutPostgres(100).until(300),
)
missing('the same while one member is not read any more', () =>
  demo().metricsOnly().sampledEvery(5).metricsVanish(90, 'pg-2').leaderWithoutPostgres(100).until(300),
)
fires(
  'from samples alone, a member that nobody polls is elected at last: until the others list it as running for two loops',
  () =>
    demo().metricsOnly().sampledEvery(5).metricsVanish(0, 'pg-1').leaderDiesForGood(100).elect('pg-1', 250).until(500),
  (told) => told.firesBy(200).stillFiringAt(255).resolvedBy(285).begins(1),
)

fires(
  'from samples alone, the others list the dead leader, which is polled in vain, as running again for a while',
  () => listedAgain(demo().metricsOnly().sampledEvery(5)).until(400),
  (told) => told.firesBy(140).stillFiringAt(189).resolvedBy(205).begins(1),
)
missing('no leader was seen, and while one member races another one names a leader', () =>
  demo()
    .logsOnly()
    .logsVanish(0, 'pg-0')
    .changes(20, (world) => {
      const node = world.node('pg-1')
      node.cycle = (t) => world.patroni(node, t, 'following a different leader because i am not the healthiest node')
    })
    .until(300),
)
fires(
  'the lock is refused half a minute after a switchover was done: that was not asked for',
  () => demo().withoutPostgresLogs().switchover('pg-1', 100).lockRefused(125, 180).until(300),
  (told) => told.notBefore(125).firesBy(150),
)
