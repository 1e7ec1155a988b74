import { becomesStandby } from '../becomes-standby.ts'
import { lockComesBack } from '../lock-comes-back.ts'
import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('leader-lock-lost')

silent('a healthy cluster', () => demo().until(600))
silent('a switchover', () => demo().switchover('pg-1', 100))
for (const mode of ['demote-cluster', 'immediate-nolock'])
  silent(`the cluster is made the standby of another one: ${mode}`, () => becomesStandby(demo(), mode).until(250))
silent('the same, and the line that says so comes after the demotion, on a point of the grid between them', () =>
  becomesStandby(demo(), 'immediate-nolock', 102).until(250),
)
silent('a graceful stop', () => demo().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 160))
silent('a restart', () => demo().restart('pg-0', 100))
silent('failsafe mode holds', () => demo().dcsOutage(100, 200).until(400))
silent('a demotion after another member has long been promoted: the lock was lost before', () =>
  demo().twoPrimaries(100, 'pg-1').wakesAndDemotes('pg-0', 200).until(400),
)
silent('the same during a pause', () =>
  demo().pause(50).dcsOutage(100, 150, { failsafe: false, who: 'replicas' }).until(300),
)
silent('a replica is promoted by hand, and its Patroni demotes it, as another one holds the lock', () =>
  demo()
    .logsOnly()
    .changes(100, (world) => {
      world.node('pg-1').cycle = () => {}
    })
    .postgresSays('pg-1', 100, 'received promote request')
    .postgresSays('pg-1', 100.1, 'database system is ready to accept connections')
    .says('pg-1', 104, 'Lock owner: pg-0; I am pg-1')
    .says('pg-1', 104, 'Demoting self (immediate-nolock)')
    .postgresSays('pg-1', 104.1, 'received immediate shutdown request')
    .says('pg-1', 105, 'demoting self because I do not have the lock and I was a leader')
    .postgresSays('pg-1', 107, 'database system is ready to accept read-only connections')
    .changes(115, (world) => {
      world.node('pg-1').cycle = null
    })
    .until(400),
)
silent('it was promoted while the leader was frozen, which wakes and leads on', () => lockComesBack(demo()).until(400))

fires(
  'the update of the lock is refused, another member is promoted',
  () => demo().lockRefused(100, 30, 'pg-1').until(400),
  (told) => told.notBefore(100).firesBy(110).severityAt(125, 'critical').stillFiringAt(129).resolvedBy(145),
)
fires(
  'a demotion for the DCS',
  () => demo().dcsOutage(100, 160, { failsafe: false }).until(400),
  (told) => told.notBefore(100).firesBy(115).severityAt(150, 'critical').stillFiringAt(159).resolvedBy(175),
)
fires(
  'the same with stamps of PostgreSQL that lack the fraction: its shutdown seems to come first',
  () =>
    demo()
      .wholeSeconds()
      .changes(95, (world) => {
        world.node('pg-0').beat = 100.5
      })
      .dcsOutage(100.5, 160, { failsafe: false })
      .until(400),
  (told) => told.firesBy(125).severityAt(150, 'critical').stillFiringAt(159).resolvedBy(175),
)
fires(
  'from logs alone, without PostgreSQL: the second heartbeat of the new primary ends it',
  () => demo().logsOnly().withoutPostgresLogs().lockRefused(100, 30, 'pg-1').until(400),
  (told) => told.firesBy(110).stillFiringAt(135).resolvedBy(150),
)
fires(
  'for minutes, until the same member leads again: that ends it however late it comes',
  () => demo().dcsOutage(100, 500, { failsafe: false }).until(700),
  (told) => told.firesBy(115).stillFiringAt(490).resolvedBy(530),
)
fires(
  'it demotes and promotes itself between two points of the grid',
  () =>
    demo()
      .logsOnly()
      .says('pg-0', 100.6, 'Could not take out TTL lock')
      .says('pg-0', 100.61, 'Demoting self (immediate-nolock)')
      .postgresSays('pg-0', 100.62, 'received immediate shutdown request')
      .says('pg-0', 102.6, 'demoted self after trying and failing to obtain lock')
      .says('pg-0', 104.3, 'promoted self to leader because I had the session lock')
      .postgresSays('pg-0', 104.4, 'database system is ready to accept connections')
      .until(300),
  (told) =>
    told
      .firesBy(106)
      .severityAt(106, 'warning')
      .says(/no failover/)
      .resolvedBy(120)
      .begins(1),
)
fires(
  'it renews the lock while it comes up again after the demotion: that is no word of a leader',
  () =>
    demo()
      .logsOnly()
      .withoutPostgresLogs()
      .changes(100.5, (world) => {
        Object.assign(world.node('pg-0'), { beat: 118, postgres: 'stopped' })
      })
      .says('pg-0', 100.6, 'failed to update leader lock', 'ERROR')
      .says('pg-0', 101, 'demoted self because failed to update leader lock in DCS')
      .says('pg-0', 101.4, 'updated leader lock during starting after demotion')
      .says('pg-0', 107, 'promoted self to leader because i had the session lock')
      .changes(107.5, (world) => {
        world.node('pg-0').postgres = 'running'
      })
      .until(300),
  (told) =>
    told
      .firesBy(106)
      .severityAt(106, 'critical')
      .severityAt(111, 'warning')
      .says(/no failover/)
      .resolvedBy(145)
      .begins(1),
)
fires(
  'it begins to demote itself once more while it does: the first time counts',
  () =>
    demo()
      .logsOnly()
      .says('pg-0', 100.1, 'demoting self because DCS is not accessible and I was a leader')
      .says('pg-0', 100.11, 'Demoting self (offline)')
      .says('pg-0', 103, 'AsyncExecutor is busy, demoting from the main thread', 'WARNING')
      .says('pg-0', 103.01, 'Demoting self (offline)')
      .dies('pg-0', 103.5)
      .until(110),
  (told) => told.firesBy(106).says(/lost the leader lock at 10:01:40/),
)

fires(
  'lines of who took the lock are missing: until the old leader streams',
  () => demo().logsOnly().logsVanish(95, 'pg-1').lockRefused(100, 30, 'pg-1').until(600),
  (told) => told.firesBy(110).stillFiringAt(130).resolvedBy(145).begins(1),
)

missing('the leader is not heard', () => demo().logsVanish(50, 'pg-0').lockRefused(100, 30, 'pg-1').until(400))
missing(
  'nothing is heard after it: it stays',
  () => demo().lockRefused(100, 30, 'pg-1').logsVanish(102).metricsVanish(102).until(600),
  (told) => told.firesBy(110).stillFiringAt(600).unchangedAfter(110),
)
fires(
  'a demotion of which only the end is written (Patroni up to 2.1.1)',
  () => demo().logsOnly().says('pg-0', 100, 'demoted self after trying and failing to obtain lock').dies('pg-0', 100.5),
  (told) => told.shows('pg-0', 'role', 'none', 100, 101).firesBy(106).severityAt(110, 'critical'),
)
