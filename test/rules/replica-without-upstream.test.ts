import type { World } from '../../src/story/node.ts'
import { type ClusterStory, cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('replica-without-upstream')

/** pg-1 restores so many segments from the archive, one every `step` seconds. */
function restores(story: ClusterStory, t: number, count: number, step = 1): ClusterStory {
  for (let number = 0; number < count; number++)
    story.postgresSays(
      'pg-1',
      t + step * number,
      `restored log file "0000000100000000000000${10 + number}" from archive`,
    )
  return story
}

/** From logs alone: the receiver of pg-1 ends, and three segments are restored from the archive: it is no archive-only replica. */
function receiverEnds() {
  const story = demo()
    .logsOnly()
    .postgresSays('pg-1', 40, 'started streaming WAL from primary at 0/3000000 on timeline 1')
    .postgresSays('pg-1', 100, 'terminating walreceiver due to timeout')
  return restores(story, 101, 3)
}

/** From logs alone: from second 100 on each receiver of pg-1 dies as it starts, of something nobody foresaw. */
function receiversDie(waits: boolean) {
  let story = demo().logsOnly()
  for (let t = 100; t < 200; t += 5) {
    story = story
      .postgresSays('pg-1', t, 'started streaming WAL from primary at 0/F000000 on timeline 1')
      .postgresSays('pg-1', t + 0.01, 'could not frobnicate file "pg_wal/xlogtemp.27027": Permission denied')
    if (waits) story = story.postgresSays('pg-1', t + 0.02, 'waiting for WAL to become available at 0/F000018')
  }
  return story.postgresSays('pg-1', 200, 'started streaming WAL from primary at 0/F000000 on timeline 1').until(400)
}

/** The leader died; `member` is read only in what pg-1 quotes of its answers, until second 220: nothing streams to it. */
function quotedOf(member: string) {
  const body = {
    state: 'running',
    role: 'replica',
    server_version: 150020,
    xlog: { received_location: 67108864, replayed_location: 67108864, replayed_timestamp: null, paused: false },
    timeline: 1,
    patroni: { version: '4.1.4', scope: 'demo', name: member },
  }
  const story = demo().logsOnly().logsVanish(0, member).leaderDiesForGood(100)
  for (let t = 131; t < 225; t += 10)
    story.says('pg-1', t, `Got response from ${member} http://10.0.0.2:8008/patroni: ${JSON.stringify(body)}`)
  return story
}

function cascade() {
  return cluster('demo').replica('pg-1').replica('pg-2', { replicatefrom: 'pg-1' })
}

/** The source of a standby cluster goes away at `t`, and its leader falls back to the archive. */
function standbyOfArchive(t: number) {
  return cluster('demo')
    .standbyCluster()
    .replica('pg-1')
    .withArchive()
    .changes(t, (world) => {
      world.node('remote').postgres = 'stopped'
    })
}

/** The cascading replica is pointed at the leader. */
function toLeader(world: World): void {
  const node = world.node('pg-2')
  world.postgres(node, 135, 'parameter "primary_conninfo" changed to "user=standby host=pg-0 port=5432"')
  Object.assign(node, { conninfo: 'pg-0', retry: 135.5 })
}

silent('a healthy cluster', () => demo().until(600))
silent('a receiver that ended without a known word starts again', () =>
  demo()
    .logsOnly()
    .postgresSays('pg-1', 40, 'started streaming WAL from primary at 0/3000000 on timeline 1')
    .postgresSays('pg-1', 100, 'waiting for WAL to become available at 0/3000018')
    .postgresSays('pg-1', 105, 'started streaming WAL from primary at 0/3000000 on timeline 1')
    .postgresSays('pg-1', 105.1, 'restarted WAL streaming at 0/4000000 on timeline 2')
    .until(400),
)
silent('the shipper is down for a minute in which the replica connects to a new primary', () =>
  demo().logsOnly().leaderDies(100, 'pg-1').logsVanish(102).logsReturn(165).until(400),
)
silent('no line of the replica arrives when it connects to a new primary', () =>
  demo().logsOnly().leaderDies(100, 'pg-1').logsVanish(102, 'pg-2').logsReturn(165, 'pg-2').until(400),
)
silent('its receiver ends, and the shipper is down while it comes back', () =>
  demo().logsOnly().breakConnection('pg-1', 100).logsVanish(102).stream('pg-1', 120).logsReturn(165).until(400),
)
silent('its upstream is removed, and the shipper is down while it is set again', () =>
  demo().logsOnly().removeUpstream('pg-1', 100).logsVanish(102).stream('pg-1', 120).logsReturn(165).until(400),
)
silent('an idle primary', () => demo().primaryIdle(0).until(600))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('the leader dies, another follows', () => demo().leaderDies(100, 'pg-1'))
silent('one lost race right after an election', () => demo().leaderDies(100, 'pg-1').losesRace('pg-2', 131))
silent('the primary is restarted', () => demo().restart('pg-0', 100))
silent('the replica is restarted', () => demo().restart('pg-1', 100))
silent('the leader is stopped gracefully', () => demo().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 160))
silent('an old leader whose demotion took a minute: it had no upstream to lose', () =>
  demo().demotesLate(100, 'pg-1', 190).until(400),
)
silent('the same, and PostgreSQL is not shipped', () =>
  demo().withoutPostgresLogs().demotesLate(100, 'pg-1', 190).until(400),
)
silent('all members are stopped', () =>
  demo().gracefulStop('pg-1', 100).gracefulStop('pg-2', 101).gracefulStop('pg-0', 102).until(600),
)
silent('reinit and rewind of the replica', () => demo().reinit('pg-1', 100, 300).rewind('pg-2', 100, 130))
silent('an archive-only replica, as the list of members alone tells', () =>
  cluster('demo')
    .replica('pg-1')
    .replica('pg-2', { nostream: true })
    .writes(2)
    .metricsVanish(0, 'pg-2')
    .removeUpstream('pg-2', 100)
    .until(400),
)
silent('an archive-only replica', () => cluster('demo').replica('pg-1', { nostream: true }).until(600))
silent('a cascading replica while its upstream is restarted', () =>
  cluster('demo').replica('pg-1').replica('pg-2', { replicatefrom: 'pg-1' }).restart('pg-1', 100),
)
silent('the same, copied anew for ten minutes, and nobody says whose replica it is', () =>
  cluster('demo').replica('pg-1').replica('pg-2', { replicatefrom: 'pg-1' }).logsOnly().reinit('pg-1', 100, 690),
)
silent('a cascading replica whose upstream dies, and Patroni points it at the leader when the key has expired', () =>
  cascade().dies('pg-1', 100).changes(135, toLeader).until(400),
)
silent('the same from logs alone, where nobody says whose replica it is', () =>
  cascade().logsOnly().dies('pg-1', 100).changes(135, toLeader).until(400),
)
for (const [member, seconds] of [
  ['pg-1', 3],
  ['pg-2', -3],
] as const)
  silent(`the same, and the clock of ${member} is ${seconds} s ahead`, () =>
    cascade().logsOnly().clockAhead(member, seconds).dies('pg-1', 103).changes(138, toLeader).until(400),
  )
silent('the leader dies for good: without a leader in view a cascading replica follows whom its tag names', () =>
  cascade().leaderDiesForGood(100).until(400),
)
silent('the leader dies, and its clock is 20 s ahead', () =>
  demo().sampledEvery(5).clockAhead('pg-0', 20).leaderDies(100, 'pg-1').until(400),
)
silent('the leader dies, and the clock of a replica is 20 s behind', () =>
  demo().sampledEvery(5).clockAhead('pg-2', -20).leaderDies(100, 'pg-1').until(400),
)
silent('a replica of a dead leader dies just before another is promoted: nothing is heard of it since', () =>
  demo().logsOnly().leaderDies(100, 'pg-1').dies('pg-2', 127).until(400),
)
silent('the same of a replica of which nothing is read but what the next primary quoted before', () =>
  quotedOf('pg-2').elect('pg-1', 230).until(500),
)
silent(
  'its clock is 20 s behind, and a receiver that started at once replaces one that stood still: that was a stall',
  () => demo().clockAhead('pg-1', -20).freeze('pg-1', 100).stream('pg-1', 300).until(600),
)
silent('the source of a standby cluster is away for 23 s', () =>
  cluster('demo')
    .standbyCluster()
    .replica('pg-1')
    .changes(100, (world) => {
      world.node('remote').postgres = 'stopped'
    })
    .changes(123, (world) => {
      world.node('remote').postgres = 'running'
    }),
)
silent('the same for ten minutes, while the archive has its WAL', () => {
  const story = standbyOfArchive(100)
  for (let t = 110; t < 700; t += 30)
    story.postgresSays('pg-0', t, 'restored log file "00000001000000000000000B" from archive')
  return story.until(690)
})
silent('an archive-only replica that lags by segments, of a primary that writes much', () =>
  cluster('demo').replica('pg-1', { nostream: true }).writes(20).until(600),
)
silent('the leader of a standby cluster says that it renewed its lock during a restart', () =>
  cluster('demo')
    .standbyCluster()
    .replica('pg-1')
    .withoutPostgresLogs()
    .says('pg-0', 100, 'updated leader lock during restart')
    .until(400),
)
silent('an idle source of a standby cluster is restarted, from samples alone: its flag is up again', () =>
  cluster('demo')
    .standbyCluster()
    .replica('pg-1')
    .metricsOnly()
    .sampledEvery(5)
    .writes(0, 50)
    .changes(100, (world) => {
      world.node('remote').postgres = 'stopped'
    })
    .changes(123, (world) => {
      world.node('remote').postgres = 'running'
    })
    .until(600),
)
silent('a rolling update: pod after pod, the leader last', () =>
  demo()
    .rollingUpdate(90)
    .recreatePod('pg-1', 100, 160)
    .recreatePod('pg-2', 200, 260)
    .recreatePod('pg-0', 310, 370, 'pg-2')
    .until(700),
)

fires(
  'its connection breaks while the leader holds out in failsafe mode: from logs alone only that mode tells that the leader runs',
  () => demo().logsOnly().dcsOutage(100, 300).breakConnection('pg-1', 150).stream('pg-1', 240).until(400),
  (told) => told.notBefore(165).firesBy(175).stillFiringAt(239).resolvedBy(255).begins(1),
)
fires(
  'nothing is heard of its source but that it found it alive as primary',
  () =>
    demo()
      .atLevelWarning()
      .logsVanish(50, 'pg-0')
      .metricsVanish(50, 'pg-0')
      .staleView('pg-1', 100)
      .freshView('pg-1', 400)
      .until(600),
  (told) =>
    told
      .notBefore(110)
      .firesBy(125)
      .says(/while pg-0 runs/)
      .resolvedBy(415)
      .begins(1),
)
fires(
  'primary_conninfo is removed while the log says that it follows',
  () => demo().removeUpstream('pg-1', 100).stream('pg-1', 400).until(600),
  (told) =>
    told
      .shows('pg-1', 'upstream', 'none', 100, 110)
      .shows('pg-1', 'replication', 'stopped', 100, 110)
      .notBefore(115)
      .firesBy(130)
      .severityAt(390, 'critical')
      .stillFiringAt(399)
      .resolvedBy(460)
      .begins(1),
)
fires(
  'its positions stood before the receiver gave up, and the source refuses it',
  () => demo().version('3.0.2').sampledEvery(1).freeze('pg-1', 100).walMissing('pg-1', 130).until(300),
  (told) => told.notBefore(145).firesBy(165).stillFiringAt(300),
)
fires(
  'stamps of PostgreSQL without fraction, read every second: what arrived in that second is no proof',
  () => demo().version('3.0.2').wholeSeconds().sampledEvery(0.25).walMissing('pg-1', 100.9).until(300),
  (told) => told.notBefore(115).firesBy(135).stillFiringAt(300).neverShows('pg-1', 'replication', 'streaming', 100),
)
silent('it finds a primary alive of which nothing else is heard: nobody confirms that it holds the lock', () =>
  demo()
    .atLevelWarning()
    .logsVanish(50, 'pg-0')
    .says('pg-1', 100, 'Primary (pg-0) is still alive', 'WARNING')
    .until(300),
)
silent('its receiver ended and the next one started: that nothing arrives is told by its positions', () =>
  demo()
    .freeze('pg-1', 100)
    .postgresSays('pg-1', 110, 'terminating walreceiver due to timeout')
    .postgresSays('pg-1', 111, 'started streaming WAL from primary at 0/3000000 on timeline 1')
    .until(400),
)
silent('its receiver ended for a while: the archive carries it, and it streams again', () =>
  receiverEnds()
    .postgresSays('pg-1', 150, 'restored log file "00000001000000000000000D" from archive')
    .postgresSays('pg-1', 200, 'started streaming WAL from primary at 0/E000000 on timeline 1')
    .until(500),
)
silent('a replica that was restarted, and may be delayed: it takes its time with what it reads from the archive', () =>
  receiverEnds()
    .postgresSays('pg-1', 100.2, 'received fast shutdown request')
    .postgresSays('pg-1', 100.5, 'starting PostgreSQL 15.20 on x86_64-pc-linux-gnu')
    .postgresSays('pg-1', 100.8, 'database system is ready to accept read-only connections')
    .until(400),
)
fires(
  'its receiver ended, the archive has nothing more, and its attempts to connect get no answer: no more lines',
  () => receiverEnds().until(400),
  (told) =>
    told
      .notBefore(160)
      .firesBy(185)
      .says(/the archive has nothing more/)
      .stillFiringAt(399),
)
fires(
  'it was stopped for a minute, and its slot is lost when it starts: what stopped it is not why it does not stream',
  () => demo().gracefulStop('pg-1', 60).start('pg-1', 120).walMissing('pg-1', 121).until(300),
  (told) => told.firesBy(190).says(/has no upstream since .*: (nothing has streamed|the WAL it needs is gone)/),
)
fires(
  'pg_rewind failed, and its timeline has parted for ever: what was planned gives it no more time',
  () =>
    demo()
      .says('pg-1', 99, 'running pg_rewind from pg-0')
      .postgresSays('pg-1', 99.1, 'received fast shutdown request')
      .says('pg-1', 102, 'pg_rewind exit code=1')
      .says('pg-1', 102.1, 'Failed to rewind from healthy primary: pg-0', 'ERROR')
      .postgresSays('pg-1', 103, 'database system is ready to accept read-only connections')
      .timelineDiverged('pg-1', 104)
      .until(300),
  (told) => told.notBefore(115).firesBy(135).stillFiringAt(300),
)
fires(
  'the log of the replica begins with the removal, and its next heartbeat comes late: the reason stays',
  () =>
    demo()
      .logsOnly()
      .logsVanish(0, 'pg-1')
      .logsReturn(99.9, 'pg-1')
      .removeUpstream('pg-1', 100)
      .changes(100.5, (world) => {
        world.node('pg-1').beat = 118
      })
      .until(400),
  (told) =>
    told
      .firesBy(120)
      .says(/primary_conninfo was removed/)
      .stillFiringAt(400)
      .unchangedAfter(121),
)
fires(
  'the same from logs alone, with an idle primary',
  () => demo().logsOnly().primaryIdle(0).removeUpstream('pg-1', 100).stream('pg-1', 400).until(600),
  (told) => told.notBefore(115).firesBy(160).stillFiringAt(399).resolvedBy(460),
)
fires(
  'a stale view, PostgreSQL not shipped (Spilo), no samples',
  () => demo().logsOnly().withoutPostgresLogs().staleView('pg-1', 100).until(400),
  (told) => told.shows('pg-1', 'upstream', 'none', 100, 125).notBefore(115).firesBy(160).stillFiringAt(400),
)
fires(
  'a stale view, and the watch lives again',
  () => demo().staleView('pg-1', 100).freshView('pg-1', 400).until(600),
  (told) => told.firesBy(160).stillFiringAt(399).resolvedBy(460),
)
for (const seconds of [1, 10, 15, 30])
  fires(
    `from samples alone, read every ${seconds} s`,
    () => demo().metricsOnly().sampledEvery(seconds).removeUpstream('pg-1', 100).stream('pg-1', 500).until(700),
    (told) =>
      told
        .notBefore(115)
        .firesBy(160 + 2 * seconds + 5)
        .stillFiringAt(499)
        .resolvedBy(560 + seconds),
  )
fires(
  'its primary is idle: by its streaming flag alone',
  () => demo().metricsOnly().sampledEvery(5).primaryIdle(90).removeUpstream('pg-1', 100).until(400),
  (told) => told.notBefore(155).firesBy(180).stillFiringAt(399),
)
fires(
  'the metrics vanish meanwhile: it stays until a receiver proves itself',
  () => demo().removeUpstream('pg-1', 100).metricsVanish(150).primaryIdle(150).stream('pg-1', 500).until(700),
  (told) => told.firesBy(130).stillFiringAt(499).resolvedBy(560),
)
fires(
  'a cascading replica loses its upstream, which runs, while nobody writes',
  () => cascade().primaryIdle(0).removeUpstream('pg-2', 100).stream('pg-2', 300).until(500),
  (told) =>
    told
      .notBefore(115)
      .firesBy(130)
      .says(/pg-2 has no upstream since .* while pg-1 runs/)
      .resolvedBy(315)
      .begins(1),
)
fires(
  'the same from samples alone, read every minute: between two of them its upstream is there',
  () => cascade().metricsOnly().sampledEvery(60).removeUpstream('pg-2', 100).until(900),
  (told) =>
    told
      .firesBy(310)
      .says(/while pg-1 runs/)
      .unchangedAfter(310)
      .begins(1),
)
fires(
  'its upstream is dead for good, and nobody points it elsewhere',
  () => cascade().dies('pg-1', 100).until(400),
  (told) =>
    told
      .notBefore(145)
      .firesBy(165)
      .says(/while pg-0 runs/)
      .stillFiringAt(399)
      .begins(1),
)
fires(
  'the same from logs alone, where nobody says whose replica it is',
  () => cascade().logsOnly().dies('pg-1', 100).until(400),
  (told) =>
    told
      .firesBy(165)
      .says(/while pg-0 runs/)
      .stillFiringAt(399)
      .begins(1),
)
fires(
  'a replica of a standby cluster loses its upstream, the standby leader',
  () => cluster('demo').standbyCluster().replica('pg-1').removeUpstream('pg-1', 100).stream('pg-1', 300).until(500),
  (told) =>
    told
      .notBefore(115)
      .firesBy(130)
      .says(/while pg-0 runs/)
      .resolvedBy(315)
      .begins(1),
)
fires(
  'the leader of a standby cluster is pointed at a source that refuses it for good: that does not pass as a restart does',
  () => {
    const story = cluster('demo')
      .standbyCluster()
      .replica('pg-1')
      .logsOnly()
      .changes(100, (world) => {
        Object.assign(world.node('pg-0'), { connected: false, cut: true, retry: 10_000 })
      })
      .postgresSays('pg-0', 100, 'could not receive data from WAL stream: server closed the connection unexpectedly')
    for (let t = 105; t < 300; t += 5)
      story.postgresSays('pg-0', t, 'database system identifier differs between the primary and standby')
    return story.until(300)
  },
  (told) =>
    told
      .notBefore(160)
      .firesBy(170)
      .says(/refuses it: database system identifier differs/),
)
fires(
  'the leader of a standby cluster has no source for minutes',
  () =>
    cluster('demo')
      .standbyCluster()
      .replica('pg-1')
      .changes(100, (world) => {
        world.node('remote').postgres = 'stopped'
      })
      .changes(700, (world) => {
        world.node('remote').postgres = 'running'
      })
      .until(900),
  (told) => told.notBefore(160).firesBy(420).resolvedBy(760),
)

fires(
  'only the replica is heard: its view is stale, and it finds the leader alive itself',
  () => demo().logsOnly().logsVanish(0, 'pg-0').logsVanish(0, 'pg-2').staleView('pg-1', 100).until(400),
  (told) => told.notBefore(115).firesBy(150).severityAt(390, 'critical').stillFiringAt(399).begins(1),
)
fires(
  'only the replica is heard: its upstream was removed, and it says that it follows the leader',
  () => demo().logsOnly().logsVanish(0, 'pg-0').logsVanish(0, 'pg-2').removeUpstream('pg-1', 100).stream('pg-1', 300),
  (told) =>
    told
      .notBefore(160)
      .firesBy(180)
      .says(/names pg-0 as leader, of which nothing is heard/)
      .resolvedBy(320)
      .begins(1),
)
fires(
  'the view of a member that may not lead is stale: it asks nobody, and says so each cycle',
  () => {
    const story = cluster('demo').replica('pg-1', { nofailover: true }).logsOnly().withoutPostgresLogs()
    return story
      .changes(95, (world) => {
        world.node('pg-1').cycle = (now) =>
          world.patroni(world.node('pg-1'), now, 'following a different leader because I am not allowed to promote')
      })
      .until(300)
  },
  (told) => told.notBefore(120).firesBy(140).shows('pg-1', 'lockView', 'none', 100, 125).stillFiringAt(299),
)
silent('of a replica only one answer is known, quoted in an election', () =>
  demo()
    .logsOnly()
    .logsVanish(0, 'pg-2')
    .says(
      'pg-1',
      99,
      'Got response from pg-2 http://10.0.0.3:8008/patroni: {"state": "running", "role": "replica", "server_version": 150020, "xlog": {"received_location": 100, "replayed_location": 100}, "timeline": 1, "patroni": {"version": "4.1.4", "scope": "demo"}}',
    )
    .switchover('pg-1', 100)
    .until(600),
)
silent(
  'all lose power at once: the stamps of PostgreSQL lack the fraction, and the last word of the primary has one',
  () =>
    demo()
      .logsOnly()
      .wholeSeconds()
      .says('pg-0', 100.5, 'no action. I am (pg-0), the leader with the lock')
      .postgresSays('pg-1', 100.8, 'could not receive data from WAL stream: server closed the connection unexpectedly')
      .logsVanish(101)
      .until(200),
)
silent('only the replica is heard, and its leader is away for half a minute', () =>
  demo()
    .logsOnly()
    .logsVanish(0, 'pg-0')
    .logsVanish(0, 'pg-2')
    .removeUpstream('pg-1', 100)
    .stream('pg-1', 130)
    .until(500),
)

for (const [how, waits, wholeSeconds] of [
  ['it waits for WAL after each', true, false],
  ['PostgreSQL 14 does not say that it waits', false, false],
  ['stamps have no fraction', true, true],
] as const)
  fires(
    `receivers die as they start, of an unknown cause; ${how}`,
    () => (wholeSeconds ? receiversDie(waits).wholeSeconds() : receiversDie(waits)),
    (told) => told.notBefore(115).firesBy(130).stillFiringAt(199).resolvedBy(215).begins(1),
  )

fires(
  'the shipper was down for a minute, and its receiver cannot connect after it',
  () => demo().logsOnly().breakConnection('pg-1', 100).logsVanish(102).logsReturn(165).until(400),
  (told) => told.notBefore(165).firesBy(195).stillFiringAt(399),
)

/** From logs alone: Patroni configures pg-1 anew, takes its upstream in the same loop, and names the leader as before. */
function reconfigured(segments: number, story = demo().logsOnly()): ClusterStory {
  story.says('pg-1', 106.3, 'Reloading PostgreSQL configuration.')
  const removed = 'removed from configuration file, reset to default'
  story.postgresSays('pg-1', 107.3, `parameter "primary_conninfo" ${removed}`)
  story.postgresSays('pg-1', 107.4, 'terminating walreceiver process due to administrator command')
  story.says('pg-1', 107.5, 'no action. I am (pg-1), a secondary, and following a leader (pg-0)')
  return restores(story, 112, segments, 5).until(300)
}

silent('a tag nostream is set while it runs: it reads the archive from then on, as configured', () => reconfigured(30))
fires(
  'from logs alone: its upstream dies, and it is not pointed at the leader',
  () => cascade().logsOnly().dies('pg-1', 100).until(400),
  (told) => told.notBefore(135).firesBy(160).stillFiringAt(399),
)
fires(
  'its upstream is gone with a new configuration, and the archive gives nothing',
  () => reconfigured(0),
  (told) => told.firesBy(135).stillFiringAt(299),
)
fires(
  'its configuration is new as it does not reach the DCS, and it falls back to the archive',
  () => reconfigured(30, demo().logsOnly().says('pg-1', 104, 'Error communicating with DCS', 'ERROR')),
  (told) => told.firesBy(135).stillFiringAt(299),
)

fires(
  'its log begins while it streams; its receiver ends, and the archive ends too',
  () => {
    const story = demo().logsOnly().postgresSays('pg-1', 100, 'terminating walreceiver due to timeout')
    return restores(story, 101, 4).until(300)
  },
  (told) => told.notBefore(160).firesBy(180).stillFiringAt(299),
)

fires(
  'for one cycle its view is stale, which takes its upstream for good; it restores what the archive has',
  () => {
    const patroni = (state: 'frozen' | 'up', beat: number) => (world: World) =>
      void Object.assign(world.node('pg-1'), { patroni: state, beat })
    const story = demo()
      .logsOnly()
      .changes(99, patroni('frozen', 0))
      .says('pg-1', 102, 'Primary (pg-0) is still alive', 'WARNING')
      .says('pg-1', 102.1, 'following a different leader because i am not the healthiest node')
      .removeUpstream('pg-1', 102.5)
      .changes(111, patroni('up', 112))
    return restores(story, 103, 3).until(300)
  },
  (told) => told.notBefore(115).firesBy(130).stillFiringAt(299),
)

missing('no line and no sample of it', () =>
  demo().logsVanish(50, 'pg-1').metricsVanish(50, 'pg-1').removeUpstream('pg-1', 100).until(600),
)
missing('PostgreSQL is not shipped and there are no samples', () =>
  demo().logsOnly().withoutPostgresLogs().removeUpstream('pg-1', 100).until(600),
)
missing(
  'its inputs vanish while it fires',
  () => demo().removeUpstream('pg-1', 100).logsVanish(150, 'pg-1').metricsVanish(150, 'pg-1').until(900),
  (told) => told.firesBy(130).stillFiringAt(900).unchangedAfter(150),
)

fires(
  'the leader of a standby cluster gets nothing from its archive either',
  () => standbyOfArchive(100).until(600),
  (told) => told.notBefore(390).firesBy(430).stillFiringAt(599).begins(1),
)
fires(
  'the archive has something again',
  () =>
    standbyOfArchive(100)
      .postgresSays('pg-0', 500, 'restored log file "00000001000000000000000B" from archive')
      .until(600),
  (told) => told.firesBy(430).resolvedBy(510),
)
fires(
  'nothing but the PostgreSQL log of the replica is here: it goes on without an upstream for five minutes',
  () => {
    const story = demo().logsOnly().logsVanish(0, 'pg-0').logsVanish(0, 'pg-2')
    story.changes(0, (world) => {
      world.node('pg-1').patroni = 'down'
    })
    return story.removeUpstream('pg-1', 100).stream('pg-1', 600).until(700)
  },
  (told) => told.notBefore(400).firesBy(410).severityAt(590, 'warning').resolvedBy(620).begins(1),
)
silent('the same, and its Patroni is heard', () => {
  const story = demo().logsOnly().withoutViews().logsVanish(0, 'pg-0').logsVanish(0, 'pg-2')
  story.changes(0, (world) => {
    world.node('pg-1').cycle = () => {}
  })
  return story.says('pg-1', 50, 'Lock owner: None; I am pg-1').removeUpstream('pg-1', 100).until(500)
})

/** The source does not let pg-1 in: an entry of pg_hba.conf, its password, no sender left. */
function notLetIn(story: ClusterStory, t: number, words: string) {
  return story.changes(t, (world) => {
    world.node('pg-1').refused =
      `could not connect to the primary server: connection to server at "10.0.0.1", port 5432 failed: FATAL:  ${words}`
  })
}

fires(
  'its source does not let it in: the source says why',
  () => notLetIn(demo(), 100, 'password authentication failed for user "standby"').stream('pg-1', 300).until(500),
  (told) =>
    told
      .firesBy(130)
      .says(/pg-0 refuses it: password authentication failed for user "standby"/)
      .stillFiringAt(299)
      .resolvedBy(330),
)
fires(
  'after a restart that was asked for its source does not let it in: there is nothing to wait for',
  () => notLetIn(demo().restart('pg-1', 100), 101, 'pg_hba.conf rejects replication connection').until(300),
  (told) =>
    told
      .notBefore(115)
      .firesBy(130)
      .says(/pg-0 refuses it: pg_hba.conf rejects/),
)
silent('after a restart its source starts up for a while', () =>
  notLetIn(demo().restart('pg-1', 100), 101, 'the database system is starting up').stream('pg-1', 140).until(400),
)
for (const [what, ends, words] of [
  ['its WAL is gone', (world: ClusterStory) => world.walMissing('pg-1', 100), /the WAL it needs is gone at pg-0/],
  [
    'its timeline has parted',
    (world: ClusterStory) => world.timelineDiverged('pg-1', 100),
    /its timeline has parted from that of pg-0/,
  ],
] as const)
  fires(
    `what ended the stream is not what keeps it from streaming: ${what}`,
    () => ends(demo()).until(300),
    (told) => told.firesBy(130).says(words).begins(1),
  )
