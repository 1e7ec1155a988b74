import { startsInVain } from '../starts-in-vain.ts'
import { cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('no-failover-candidate')
const pair = () => cluster('demo').replica('pg-1')

silent('nothing is written at all, and both replicas are restarted; from samples alone', () =>
  demo().metricsOnly().sampledEvery(1).writes(0, 0).restart('pg-1', 100).restart('pg-2', 130).until(900),
)
silent('a healthy cluster', () => demo().until(300))
silent('one member', () => cluster('demo').until(600))
silent('one of two replicas is cut off', () => demo().freeze('pg-1', 100).until(600))
silent('the only replica is restarted', () => pair().restart('pg-1', 100))
silent('the only replica is stopped for four minutes', () => pair().gracefulStop('pg-1', 100).start('pg-1', 340))
silent('the only replica is copied anew for a quarter of an hour', () => pair().reinit('pg-1', 100, 1000))
silent('the only replica is rewound', () => pair().rewind('pg-1', 100, 220))
silent('a rolling restart with a switchover', () =>
  pair().restart('pg-1', 100).switchover('pg-1', 130).restart('pg-0', 200),
)
silent('a write burst that the replica follows', () => pair().writes(40, 100).writes(1, 160).until(400))
silent('an idle primary', () => pair().primaryIdle(50).freeze('pg-1', 100).until(600))
silent('a pause', () => pair().pause(50).breakConnection('pg-1', 100).until(600))
silent('a standby cluster', () => pair().standbyCluster().until(600))
silent('the only replica is removed for good', () => pair().gracefulStop('pg-1', 100).until(1200))
silent('a replica that nobody may promote beside one that streams', () =>
  cluster('demo').replica('pg-1').replica('pg-2', { nofailover: true }).freeze('pg-2', 100).until(600),
)
for (const seconds of [5, 15])
  silent(
    `the leader dies for good, and nobody says so: what does not stream has nobody to take over from; read every ${seconds} s`,
    () => demo().withoutPostgresLogs().sampledEvery(seconds).leaderDiesForGood(100).until(600),
  )
silent(
  'the leader is stopped, and the only candidate leads now; the other replica lags by a segment of the archive',
  () =>
    cluster('demo')
      .withArchive()
      .replica('pg-1')
      .replica('pg-2', { nostream: true })
      .withoutPostgresLogs()
      .sampledEvery(5)
      .writes(0.02)
      .gracefulStop('pg-0', 200, 'pg-1')
      .start('pg-0', 240)
      .until(500),
)
silent('it is cut off for half a minute', () => pair().freeze('pg-1', 100).stream('pg-1', 130).until(400))

fires(
  'the only replica receives nothing: warning, critical after five minutes',
  () => pair().freeze('pg-1', 100).stream('pg-1', 600).until(800),
  (told) =>
    told
      .notBefore(160)
      .firesBy(190)
      .severityAt(300, 'warning')
      .severityAt(440, 'critical')
      .stillFiringAt(599)
      .resolvedBy(640)
      .begins(1),
)
fires(
  'from lines alone: both replicas lose their upstream',
  () => demo().logsOnly().removeUpstream('pg-1', 100).removeUpstream('pg-2', 120).stream('pg-1', 400).until(600),
  (told) => told.notBefore(180).firesBy(190).stillFiringAt(399).resolvedBy(420),
)
fires(
  'the only replica dies',
  () => pair().dies('pg-1', 100).start('pg-1', 500).until(700),
  (told) => told.firesBy(240).stillFiringAt(499).resolvedBy(540),
)
fires(
  'the leader dies, its only replica leads: until the old one streams',
  () => pair().leaderDies(100, 'pg-1').start('pg-0', 400).until(600),
  (told) =>
    told
      .notBefore(190)
      .firesBy(235)
      .says(/from pg-1: pg-0 is/)
      .stillFiringAt(399)
      .resolvedBy(420)
      .begins(1),
)
fires(
  'the same where no line tells of its end as a primary',
  () => pair().withoutPostgresLogs().leaderDies(100, 'pg-1').start('pg-0', 400).until(600),
  (told) =>
    told
      .notBefore(190)
      .firesBy(235)
      .says(/from pg-1: pg-0 is not heard of/)
      .stillFiringAt(399)
      .resolvedBy(440)
      .begins(1),
)
fires(
  "the only replica's PostgreSQL is started again and again and never comes up",
  () => startsInVain(pair().metricsOnly(), 'pg-1', 100, 300).until(600),
  (told) => told.notBefore(160).firesBy(175).stillFiringAt(299).resolvedBy(330).begins(1),
)

missing('the replica gives neither lines nor samples', () =>
  pair().logsVanish(50, 'pg-1').metricsVanish(50, 'pg-1').freeze('pg-1', 100).until(600),
)
missing(
  'nobody is heard any more: it stays',
  () => pair().freeze('pg-1', 100).logsVanish(250).metricsVanish(250).until(260),
  (told) => told.firesBy(190).stillFiringAt(260).unchangedAfter(250),
)
silent('only the new leader is heard: of the old one it quotes one answer, that it was stopped', () =>
  cluster('demo')
    .replica('pg-1')
    .logsOnly()
    .logsVanish(0, 'pg-0')
    .says('pg-1', 100, 'Got response from pg-0 http://10.0.0.1:8008/patroni: {"state": "stopped", "role": "demoted"}')
    .switchover('pg-1', 100)
    .until(600),
)

fires(
  'the only replica cannot keep up with a bulk load: Patroni compares with a position as old as a loop',
  () => cluster('demo').replica('pg-1').writes(80, 100).writes(1, 300).until(600),
  (told) =>
    told
      .notBefore(200)
      .firesBy(230)
      .says(/pg-1 is too far behind/)
      .severityAt(240, 'warning')
      .resolvedBy(400),
)
fires(
  'the same where members are read every two and a half minutes',
  () => cluster('demo').replica('pg-1').sampledEvery(150).writes(80, 300).writes(1, 1500).until(1800),
  (told) =>
    told
      .notBefore(1050)
      .firesBy(1130)
      .says(/pg-1 is too far behind/),
)
silent('the same, where the configuration allows as much', () =>
  cluster('demo')
    .replica('pg-1')
    .configured({ maximumLagOnFailover: 100_000_000_000 })
    .writes(80, 100)
    .writes(1, 300)
    .until(600),
)
silent('the leader dies, the other one takes over, and the shipper is down meanwhile', () =>
  demo().logsOnly().leaderDies(100, 'pg-1').logsVanish(102).logsReturn(165).until(175),
)
silent('one replica stands still, the other one keeps up', () => demo().freeze('pg-1', 100).until(400))
silent('the replica of a standby cluster stands still', () =>
  cluster('demo').standbyCluster().replica('pg-1').freeze('pg-1', 100).until(400),
)
fires(
  'the only replica crashed for good: critical after five minutes',
  () =>
    cluster('demo')
      .replica('pg-1')
      .changes(100, (world) => {
        world.node('pg-1').postgres = 'crashed'
      })
      .until(500),
  (told) =>
    told
      .notBefore(160)
      .firesBy(180)
      .says(/pg-1 is down/)
      .severityAt(390, 'warning')
      .severityAt(450, 'critical'),
)
fires(
  'the last replica that may be promoted dies; that the other may not is told by the list of members alone',
  () =>
    cluster('demo')
      .replica('pg-1', { nofailover: true })
      .replica('pg-2')
      .metricsVanish(0, 'pg-1')
      .dies('pg-2', 100)
      .until(300),
  (told) => told.notBefore(160).firesBy(200),
)
