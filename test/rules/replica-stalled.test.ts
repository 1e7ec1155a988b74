import type { World } from '../../src/story/node.ts'
import { cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('replica-stalled')

silent('a healthy cluster', () => demo().until(900))
silent('an idle primary', () => demo().primaryIdle(0).until(900))
silent('a replica cut off from a primary that is idle', () => demo().primaryIdle(0).freeze('pg-1', 100).until(600))
silent('a silent loss of the connection that heals itself in 9.5 s', () =>
  demo().freeze('pg-1', 100).thaw('pg-1', 109.5),
)
silent('the same, read every second', () => demo().sampledEvery(1).freeze('pg-1', 100).thaw('pg-1', 109.5))
silent('a query holds replay for max_standby_streaming_delay', () => demo().freezeReplay('pg-1', 100).thaw('pg-1', 129))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('the leader dies, another follows', () => demo().leaderDies(100, 'pg-1'))
silent('the leader is stopped gracefully and comes back', () =>
  demo().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 160),
)
silent('restart of the replica, and of the primary', () => demo().restart('pg-1', 100).restart('pg-0', 160))
silent('a hand-over that samples alone tell: a replica may take half a minute to follow', () =>
  demo()
    .sampledEvery(1)
    .atLevelWarning()
    .withoutViews()
    .withoutPostgresLogs()
    .switchover('pg-1', 100)
    .freeze('pg-2', 101)
    .thaw('pg-2', 135)
    .until(400),
)
silent('the upstream of a cascading replica is stopped on purpose, as the list of members alone tells', () =>
  cluster('demo')
    .replica('pg-1')
    .replica('pg-2', { replicatefrom: 'pg-1' })
    .metricsOnly()
    .gracefulStop('pg-1', 200)
    .start('pg-1', 300)
    .until(600),
)
silent('reinit of the replica', () => demo().reinit('pg-1', 100, 400))
silent('reinit of the replica, from samples alone', () => demo().metricsOnly().reinit('pg-1', 100, 400))
silent('restart of the replica takes a minute, from samples alone', () =>
  demo()
    .metricsOnly()
    .changes(100, (world) => {
      world.node('pg-1').postgres = 'stopping'
    })
    .changes(160, (world) => {
      world.node('pg-1').postgres = 'running'
    }),
)
silent('a delayed replica', () => cluster('demo').replica('pg-1', { delay: 60 }).writes(6).until(900))
for (const [load, mib] of Object.entries({ little: 0.02, 'almost nothing': 0.00005 }))
  silent(`an archive-only replica where ${load} is written: the segment is not full for long`, () =>
    cluster('demo').replica('pg-1').replica('pg-2', { nostream: true }).sampledEvery(5).writes(mib, 90).until(900),
  )
silent('an archive-only replica moves by whole segments', () =>
  cluster('demo').replica('pg-1', { nostream: true }).until(900),
)
silent('a cascading replica whose upstream is stopped and started', () =>
  cluster('demo')
    .replica('pg-1')
    .replica('pg-2', { replicatefrom: 'pg-1' })
    .gracefulStop('pg-1', 100)
    .start('pg-1', 130),
)
silent('the leader in failsafe mode', () => demo().dcsOutage(100, 160))
silent('write bursts', () => demo().writes(50, 100).writes(0.1, 160).writes(60, 220).writes(1, 260))

fires(
  'read every minute: a receiver that proves itself ends it, and what was muted until then is not told after it',
  () => demo().sampledEvery(60).removeUpstream('pg-1', 100).stream('pg-1', 400).until(600),
  (told) => told.firesBy(190).stillFiringAt(400).resolvedBy(411).inhibitedBy('replica-without-upstream').begins(1),
)
for (const seconds of [1, 10, 15, 30])
  fires(
    `nothing arrives at the replica, and nobody says so; read every ${seconds} s`,
    () => demo().sampledEvery(seconds).freeze('pg-1', 100).stream('pg-1', 400).until(600),
    (told) =>
      told
        .notBefore(115)
        .firesBy(160 + 2 * seconds)
        .stillFiringAt(400)
        .severityAt(390, 'critical')
        .resolvedBy(460 + seconds)
        .begins(1),
  )
silent('a rolling update: pod after pod, the leader last', () =>
  demo()
    .rollingUpdate(90)
    .recreatePod('pg-1', 100, 160)
    .recreatePod('pg-2', 200, 260)
    .switchover('pg-1', 300)
    .recreatePod('pg-0', 310, 370)
    .until(700),
)
silent('a chain of cascading replicas while the first is stopped and started', () =>
  cluster('demo')
    .replica('pg-1')
    .replica('pg-2', { replicatefrom: 'pg-1' })
    .replica('pg-3', { replicatefrom: 'pg-2' })
    .gracefulStop('pg-1', 100)
    .start('pg-1', 125),
)

silent('it stood while it was copied anew, and streams at the first reading after that', () =>
  demo().sampledEvery(20).reinit('pg-1', 30, 60).freeze('pg-1', 62).stream('pg-1', 110).until(400),
)
silent('a cascading replica whose upstream is copied anew for ten minutes; from samples alone', () =>
  cluster('demo')
    .replica('pg-1')
    .replica('pg-2', { replicatefrom: 'pg-1' })
    .metricsOnly()
    .reinit('pg-1', 100, 690)
    .until(900),
)

fires(
  'half a minute after it was copied anew, when it has streamed again',
  () => demo().sampledEvery(1).reinit('pg-1', 30, 60).freeze('pg-1', 90).stream('pg-1', 200).until(400),
  (told) => told.notBefore(100).firesBy(115).stillFiringAt(199),
)
for (const seconds of [0, -2, -6])
  for (const [lines, world] of [
    ['', demo()],
    [', without lines of PostgreSQL', demo().withoutPostgresLogs()],
  ] as const)
    fires(
      `after it was copied anew, while the list of members says stopped for some seconds more; its clock is ${seconds} s ahead${lines}`,
      () =>
        world
          .sampledEvery(1)
          .clockAhead('pg-1', seconds)
          .reinit('pg-1', 30, 60)
          .changes(57, listed('stopped'))
          .changes(64, listed('running'))
          .freeze('pg-1', 75)
          .until(400),
      (told) => told.notBefore(75).firesBy(100),
    )
fires(
  'it never follows the new primary of a switchover: some loops later',
  () => demo().switchover('pg-1', 100).freeze('pg-2', 101).stream('pg-2', 300).until(500),
  (told) => told.notBefore(130).firesBy(150).stillFiringAt(299).resolvedBy(360),
)
fires(
  'the same, and it says whom the lock is for when that one has it already',
  () =>
    demo()
      .switchover('pg-1', 100)
      .says('pg-2', 101.6, 'switchover: to pg-1, i am pg-2')
      .freeze('pg-2', 101)
      .stream('pg-2', 300)
      .until(500),
  (told) => told.notBefore(130).firesBy(150).stillFiringAt(299).resolvedBy(360),
)
fires(
  'read every 10 s: within a minute, and from metrics alone as fast',
  () => demo().metricsOnly().freeze('pg-1', 100).until(300),
  (told) => told.notBefore(115).firesBy(160).shows('pg-1', 'replication', 'stopped', 110, 140),
)
fires(
  'the alert outlives its metrics and an idle primary, and ends when it streams again',
  () =>
    demo()
      .freeze('pg-1', 100)
      .metricsVanish(200, 'pg-1')
      .primaryIdle(250)
      .metricsReturn(500, 'pg-1')
      .stream('pg-1', 600)
      .writes(1, 600)
      .until(900),
  (told) => told.firesBy(160).stillFiringAt(300).stillFiringAt(599).resolvedBy(660).begins(1),
)
fires(
  'the primary falls idle while the replica is cut off: still behind, still firing',
  () => demo().freeze('pg-1', 100).primaryIdle(150).until(900),
  (told) => told.firesBy(160).stillFiringAt(900),
)
fires(
  'cut off, then idle, then streaming while still idle: caught up is resolved',
  () => demo().freeze('pg-1', 100).primaryIdle(200).stream('pg-1', 400).until(700),
  (told) => told.firesBy(160).stillFiringAt(399).resolvedBy(460),
)
fires(
  'a replay that stands is a warning, and critical at ten minutes',
  () => demo().freezeReplay('pg-1', 100).thaw('pg-1', 900).until(1200),
  (told) =>
    told
      .notBefore(140)
      .firesBy(180)
      .severityAt(300, 'warning')
      .severityAt(720, 'critical')
      .stillFiringAt(899)
      .resolvedBy(960)
      .says(/replayed nothing/),
)
fires(
  'replay that was slow for a while, and then stands',
  () => demo().sampledEvery(1).replaysSlowly('pg-1', 100, 140).freezeReplay('pg-1', 250).thaw('pg-1', 400).until(600),
  (told) => told.notBefore(290).firesBy(320).stillFiringAt(399).resolvedBy(440),
)
fires(
  'a replay paused by hand says so and stays a warning',
  () => demo().pauseReplay('pg-1', 100).resumeReplay('pg-1', 900).until(1200),
  (told) =>
    told
      .firesBy(180)
      .says(/paused by hand/)
      .severityAt(890, 'warning')
      .resolvedBy(960),
)
fires(
  'a delayed replica that receives nothing',
  () => cluster('demo').replica('pg-1', { delay: 60 }).writes(6).freeze('pg-1', 600).until(900),
  (told) => told.notBefore(615).firesBy(660),
)
fires(
  'an archive-only replica that restores nothing any more',
  () => cluster('demo').replica('pg-1', { nostream: true }).freeze('pg-1', 300).thaw('pg-1', 700).until(900),
  (told) => told.notBefore(340).firesBy(420).resolvedBy(760),
)
fires(
  'another replica stalls during planned work on one',
  () => demo().freeze('pg-2', 95).restart('pg-1', 100).until(400),
  (told) => told.firesBy(160).says(/pg-2/),
)
fires(
  'Patroni 3.0.2 has no streaming flag',
  () => demo().version('3.0.2').freeze('pg-1', 100).stream('pg-1', 400).until(600),
  (told) => told.notBefore(115).firesBy(160).stillFiringAt(399).resolvedBy(460),
)
fires(
  'after a reinit, whose last line comes when it is done already; PostgreSQL is not shipped',
  () =>
    demo()
      .withoutPostgresLogs()
      .reinit('pg-1', 50, 100)
      .says('pg-1', 100.3, 'reinitialize in progress')
      .freeze('pg-1', 200)
      .stream('pg-1', 400)
      .until(600),
  (told) => told.notBefore(215).firesBy(265).stillFiringAt(399).resolvedBy(460),
)
fires(
  'during a rolling update, on a replica that is not the one being recreated',
  () => demo().rollingUpdate(90).recreatePod('pg-2', 100, 160).freeze('pg-1', 100).stream('pg-1', 400).until(600),
  (told) =>
    told
      .notBefore(115)
      .firesBy(160)
      .says(/^pg-1 /)
      .begins(1)
      .resolvedBy(460),
)

fires(
  'the node of its upstream dies: it stands until Patroni points it at the leader',
  () =>
    cluster('demo')
      .sampledEvery(1)
      .replica('pg-1')
      .replica('pg-2', { replicatefrom: 'pg-1' })
      .dies('pg-1', 100)
      .changes(130, (world) => {
        world.node('pg-2').conninfo = 'pg-0'
      })
      .until(300),
  (told) =>
    told
      .notBefore(115)
      .firesBy(125)
      .says(/^pg-2 has received nothing/)
      .resolvedBy(140),
)

missing('the replica gives no samples', () => demo().metricsVanish(50, 'pg-1').freeze('pg-1', 100).until(600))
missing('the primary gives no samples', () => demo().metricsVanish(50, 'pg-0').freeze('pg-1', 100).until(600))
missing('no samples at all', () => demo().logsOnly().freeze('pg-1', 100).until(600))
missing(
  'everything falls silent while it fires: neither news nor an end',
  () => demo().freeze('pg-1', 100).metricsVanish(200).logsVanish(200).until(900),
  (told) => told.firesBy(160).stillFiringAt(900).unchangedAfter(200),
)
/** pg_rewind of pg-1 fails, and no line of PostgreSQL is here. */
const failedRewind = () =>
  demo()
    .withoutPostgresLogs()
    .timelineDiverged('pg-1', 90)
    .says('pg-1', 95, 'running pg_rewind from pg-0')
    .says('pg-1', 105, 'pg_rewind exit code=1')
fires(
  'its rewind has failed: there is nothing to wait for any more',
  () => failedRewind().until(300),
  (told) => told.notBefore(105).firesBy(125),
)
fires(
  'the same, and its HA loop says no more',
  () =>
    failedRewind()
      .changes(95, (world) => {
        world.node('pg-1').cycle = () => {}
      })
      .until(300),
  (told) => told.notBefore(105).firesBy(125),
)

/** What the list of members says of the state of pg-1. */
function listed(state: string): (world: World) => void {
  return (world) => {
    world.node('pg-1').listed = state
  }
}
silent('a delay is set while it runs: PostgreSQL writes of it, and replay stands for so long', () =>
  demo()
    .postgresSays('pg-1', 99, 'parameter "recovery_min_apply_delay" changed to "15min"')
    .freezeReplay('pg-1', 100)
    .until(900),
)
fires(
  'the delay is taken back, and replay stands all the same',
  () =>
    demo()
      .postgresSays('pg-1', 99, 'parameter "recovery_min_apply_delay" changed to "15min"')
      .freezeReplay('pg-1', 100)
      .postgresSays(
        'pg-1',
        400,
        'parameter "recovery_min_apply_delay" removed from configuration file, reset to default',
      )
      .until(600),
  (told) => told.notBefore(400).firesBy(425).severityAt(430, 'warning'),
)
