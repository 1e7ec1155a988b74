import { lockComesBack } from '../lock-comes-back.ts'
import { cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('leader-changed')

silent('a healthy cluster: the first leader seen is no change', () => demo().until(300))
silent('the leader is restarted', () => demo().restart('pg-0', 100))
silent('the same member takes the lock again', () => demo().dcsOutage(100, 160, { failsafe: false }).until(400))
silent(
  'a switchover is no page',
  () => demo().switchover('pg-1', 100),
  (told) => told.neverPages().firesBy(110).begins(1),
)
silent(
  'a graceful stop of the leader is no page, with PostgreSQL’s lines or without',
  () => demo().withoutPostgresLogs().gracefulStop('pg-0', 100, 'pg-1'),
  (told) => told.neverPages().firesBy(110).begins(1),
)
silent(
  'another member than the one that was asked for takes over',
  () =>
    demo()
      .switchover('pg-1', 100)
      .says('pg-0', 100.05, 'received switchover request with leader=pg-0 candidate=pg-2 scheduled_at=None'),
  (told) => told.neverPages().says(/from pg-0 to pg-1 at .*, though pg-2 was requested/),
)
silent(
  'the leader of a standby cluster hands over by request, long after a restart, and repeats no heartbeats',
  () =>
    cluster('demo')
      .standbyCluster()
      .replica('pg-1')
      .logsOnly()
      .changes(15, (world) => {
        for (const name of ['pg-0', 'pg-1']) world.node(name).cycle = () => {}
      })
      .restart('pg-0', 20)
      .says('pg-0', 100, 'switchover: demoting myself')
      .says('pg-0', 100.1, 'Demoting self (graceful)')
      .says('pg-1', 101.5, 'promoted self to a standby leader by acquiring session lock')
      .says('pg-1', 104, 'no action. I am (pg-1), the standby leader with the lock')
      .until(200),
  (told) => told.neverPages().firesBy(110).begins(1),
)
silent('in a pause the lock is given by hand: it is muted for good, also after the end of the pause', () =>
  demo().pause(80).leaderDies(100, 'pg-1').resume(300).until(600),
)
silent(
  'the same after a switchover that was told',
  () => demo().switchover('pg-1', 60).pause(90).leaderDies(150, 'pg-2').resume(300).until(600),
  (told) => told.begins(1).unchangedAfter(70),
)
silent('a rejected switchover', () => demo().switchoverRejected(100))

fires(
  'the leader dies: one record, a warning',
  () => demo().leaderDies(100, 'pg-1').until(600),
  (told) =>
    told
      .notBefore(130)
      .firesBy(140)
      .says(/from pg-0 to pg-1/)
      .begins(1)
      .unchangedAfter(140),
)
fires(
  'a failover after a refused switchover is none that was asked for',
  () => demo().switchoverRejected(90).leaderDies(100, 'pg-1').until(600),
  (told) =>
    told
      .firesBy(140)
      .begins(1)
      .of('leader-changed')
      .says(/pg-1 at \d\d:\d\d:\d\d$/),
)
fires(
  'the leader dies within a minute of work that was asked for and is done',
  () => demo().restart('pg-0', 80).leaderDies(100, 'pg-1').until(600),
  (told) => told.firesBy(140).says(/pg-1 at \d\d:\d\d:\d\d$/),
)
fires(
  'the new leader dies half a minute after a switchover',
  () => demo().timings(5, 20).switchover('pg-1', 80).leaderDies(105, 'pg-2').until(600),
  (told) => told.says(/from pg-1 to pg-2 at \d\d:\d\d:\d\d$/).begins(2),
)
fires(
  'the leader dies soon after its bootstrap, in which others list it as stopped',
  () =>
    demo()
      .changes(0, (world) => {
        Object.assign(world.node('pg-0'), { listed: 'stopped', postgres: 'stopped', cycle: () => {} })
      })
      .changes(20, (world) => {
        Object.assign(world.node('pg-0'), { listed: 'running', postgres: 'running', cycle: null })
      })
      .leaderDies(40, 'pg-1')
      .until(300),
  (told) => told.firesBy(90).says(/pg-1 at \d\d:\d\d:\d\d$/),
)
fires(
  'there and back',
  () => demo().leaderDies(100, 'pg-1').start('pg-0', 200).switchover('pg-0', 400),
  (told) => told.begins(2),
)
fires(
  'from samples alone',
  () => demo().metricsOnly().leaderDies(100, 'pg-1'),
  (told) => told.firesBy(160).begins(1),
)
fires(
  'at log level WARNING no line names a leader: from samples, whatever else is logged',
  () =>
    demo()
      .atLevelWarning()
      .leaderDies(100, 'pg-1')
      .says('pg-1', 130, 'Loop time exceeded, rescheduling immediately.', 'WARNING'),
  (told) => told.firesBy(160).begins(1),
)
fires(
  'from samples alone, the leader cut off from the DCS demotes itself: nobody asked for that',
  () => demo().sampledEvery(1).metricsOnly().dcsPartition(100, 'pg-1', 200).until(300),
  (told) => told.firesBy(140).says(/pg-1 at \d\d:\d\d:\d\d$/),
)
fires(
  'from samples alone, PostgreSQL of the leader cannot be started again: nobody asked for that',
  () =>
    demo()
      .sampledEvery(2)
      .metricsOnly()
      .withoutViews()
      .switchover('pg-1', 101)
      .polledInVain(101, 'pg-0')
      .changes(102, (world) =>
        world.reading(world.node('pg-0'), 102, '/patroni', { state: 'start failed', role: 'demoted' }),
      )
      .polledAgain(110, 'pg-0')
      .until(300),
  (told) => told.says(/pg-1 at \d\d:\d\d:\d\d$/),
)
fires(
  'from samples alone that do not tell of the DCS: the leader demotes itself long before another one leads',
  () => demo().version('2.0.2').sampledEvery(1).metricsOnly().dcsPartition(100, 'pg-1', 200).until(300),
  (told) => told.firesBy(140).says(/pg-1 at \d\d:\d\d:\d\d$/),
)
fires(
  'from samples alone, the leader dies where ttl is less than is known: it is not reached for long before',
  () =>
    demo()
      .sampledEvery(1)
      .metricsOnly()
      .changes(1, ({ settings }) => Object.assign(settings, { ttl: 11 }))
      .leaderDies(100, 'pg-1')
      .metricsReturn(101, 'pg-0')
      .until(300),
  (told) => told.says(/pg-1 at \d\d:\d\d:\d\d$/),
)
fires(
  'the frozen leader wakes with the lock, and the one that was promoted demotes itself: nobody asked for that',
  () => lockComesBack(demo()).until(300),
  (told) => told.says(/from pg-1 to pg-0 at \d\d:\d\d:\d\d$/).begins(2),
)

fires(
  'at level WARNING, where lines go on that tell no role: samples tell it when the old leader is back',
  () => {
    const story = demo().atLevelWarning().leaderDies(100, 'pg-1').start('pg-0', 200)
    for (let t = 200.1; t < 300; t += 10) story.says('pg-0', t, 'Retry got exception: connection problems', 'WARNING')
    return story.until(300)
  },
  (told) => told.shows('pg-0', 'role', 'replica', 200, 230),
)
missing('nobody is heard', () => demo().logsVanish(90).metricsVanish(90).leaderDies(100, 'pg-1'))
missing('the new leader is not heard', () =>
  demo().logsVanish(90, 'pg-1').metricsVanish(90, 'pg-1').leaderDies(100, 'pg-1'),
)

fires(
  'only the new leader is heard: it named another before',
  () => demo().logsOnly().logsVanish(0, 'pg-0').logsVanish(0, 'pg-2').leaderDies(100, 'pg-1').until(400),
  (told) =>
    told
      .notBefore(120)
      .firesBy(145)
      .says(/from pg-0 to pg-1/)
      .begins(1),
)
fires(
  'only the old leader is heard: it names its successor',
  () => demo().logsOnly().logsVanish(0, 'pg-1').logsVanish(0, 'pg-2').switchover('pg-1', 100).until(400),
  (told) =>
    told
      .firesBy(125)
      .says(/from pg-0 to pg-1 at .* as requested/)
      .neverPages()
      .begins(1),
)
silent(
  'only the new leader is heard: its source ended the stream cleanly just before',
  () => demo().logsOnly().logsVanish(0, 'pg-0').logsVanish(0, 'pg-2').switchover('pg-1', 100).until(400),
  (told) => told.neverPages().firesBy(110).begins(1),
)
fires(
  'the old leader goes on as if nothing had happened: one record',
  () => demo().twoPrimaries(100, 'pg-1').until(300),
  (told) => told.says(/from pg-0 to pg-1/).begins(1),
)
fires(
  "the operator deletes the leader's pod, and samples alone tell who leads",
  () => demo().metricsOnly().withoutViews().recreatePod('pg-0', 100, 300, 'pg-1').until(500),
  (told) =>
    told
      .firesBy(125)
      .says(/as requested/)
      .neverPages(),
)
fires(
  'the operator switches over, and samples alone tell who leads',
  () =>
    demo()
      .metricsOnly()
      .withoutViews()
      .changes(100, (world) => world.operator(100, 'switching over from "pg-0" to "default/pg-1"'))
      .switchover('pg-1', 101)
      .until(400),
  (told) =>
    told
      .firesBy(130)
      .says(/as requested/)
      .neverPages(),
)
fires(
  'the leader is stopped on purpose, as the list of members alone tells',
  () => demo().metricsOnly().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 400).until(500),
  (told) =>
    told
      .firesBy(130)
      .says(/as requested/)
      .neverPages()
      .begins(1),
)
fires(
  'samples alone tell of a hand-over, and the clock of the old leader is a minute behind: it has not lost the DCS',
  () => demo().sampledEvery(1).metricsOnly().withoutViews().clockAhead('pg-0', -60).switchover('pg-1', 100).until(300),
  (told) =>
    told
      .firesBy(110)
      .says(/as requested/)
      .neverPages(),
)

fires(
  'the leader is restarted on request and cannot start again: nobody asked for another one',
  () =>
    demo()
      .restart('pg-0', 100)
      .changes(101.5, (world) => Object.assign(world.node('pg-0'), { logs: false, metrics: false }))
      .changes(104, (world) => Object.assign(world.node('pg-0'), { logs: true, cycle: () => {} }))
      .postgresSays('pg-0', 104, 'could not map anonymous shared memory: Cannot allocate memory')
      .says('pg-0', 105, 'postmaster is not running', 'ERROR')
      .says('pg-0', 105.2, 'removed leader key after trying and failing to start postgres')
      .changes(105.2, (world) => Object.assign(world.node('pg-0'), { lock: false }))
      .elect('pg-1', 105.8)
      .until(300),
  (told) =>
    told
      .firesBy(115)
      .begins(1)
      .says(/pg-1 at \d\d:\d\d:\d\d$/),
)
