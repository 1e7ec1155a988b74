import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('failsafe-active')

silent(
  'failsafe mode of three seconds is over before the next check: the changes are told',
  () =>
    demo()
      .logsOnly()
      .says('pg-0', 101, 'continue to run as a leader because failsafe mode is enabled and all members are accessible')
      .says('pg-0', 104, 'no action. I am (pg-0), the leader with the lock')
      .until(300),
  (told) => told.neverFires().shows('pg-0', 'failsafe', 'holding', 100, 102).shows('pg-0', 'failsafe', 'off', 103, 105),
)
silent('a healthy cluster', () => demo().until(600))
silent('an outage without failsafe mode', () => demo().dcsOutage(100, 160, { failsafe: false }))
silent('only replicas lose the DCS', () => demo().dcsOutage(100, 200, { who: 'replicas' }))
silent('the flag of a replica stays up for ttl after the last call', () =>
  demo().changes(100, (world) => {
    world.node('pg-1').failsafe = true
  }),
)
silent('a switchover', () => demo().switchover('pg-1', 100))

fires(
  'from the first line to the heartbeat that ends it without a word',
  () => demo().dcsOutage(100, 200).until(400),
  (told) => told.notBefore(100).firesBy(115).severityAt(190, 'warning').stillFiringAt(199).resolvedBy(215).begins(1),
)
fires(
  'a reading that was asked for before the line, and answered after it, ends nothing',
  () =>
    demo()
      .sampledEvery(1)
      .says(
        'pg-0',
        103.9,
        'continue to run as a leader because failsafe mode is enabled and all members are accessible',
      )
      .until(200),
  (told) => told.notBefore(104).firesBy(106).resolvedBy(115).begins(1),
)
fires(
  'the clock of the leader is 28 s ahead: its lines and its flag seem to contradict each other after the end',
  () => demo().clockAhead('pg-0', 28).dcsOutage(100, 300).until(500),
  (told) => told.firesBy(140).resolvedBy(350).begins(1),
)
fires(
  'from logs alone',
  () => demo().logsOnly().dcsOutage(100, 200).until(400),
  (told) => told.firesBy(115).stillFiringAt(199).resolvedBy(215),
)
fires(
  'from samples alone: the flag goes down and a leader is in view',
  () => demo().metricsOnly().dcsOutage(100, 200).until(400),
  (told) => told.firesBy(125).stillFiringAt(199).resolvedBy(225),
)
fires(
  'at log level WARNING no line says so: from the flag',
  () => demo().atLevelWarning().dcsOutage(100, 200).until(400),
  (told) => told.firesBy(125).stillFiringAt(199).resolvedBy(225),
)
fires(
  'the lock is refused in it: its flag stays up for ttl, but it is no primary any more',
  () => demo().sampledEvery(1).dcsOutage(100, 170).lockRefused(131, 75, 'pg-1').until(400),
  (told) => told.firesBy(115).stillFiringAt(129).resolvedBy(136).begins(1),
)
fires(
  'the same from samples alone',
  () => demo().metricsOnly().dcsOutage(100, 170).lockRefused(130, 75, 'pg-1').until(400),
  (told) => told.firesBy(125).stillFiringAt(129).resolvedBy(150).begins(1),
)
fires(
  'the leader dies in it: until another takes the lock',
  () => demo().logsOnly().dcsOutage(100, 200).logsVanish(130, 'pg-0').elect('pg-1', 240).until(400),
  (told) => told.firesBy(115).stillFiringAt(239).resolvedBy(250).begins(1),
)

missing('neither lines nor samples of the leader', () =>
  demo().logsVanish(50, 'pg-0').metricsVanish(50, 'pg-0').dcsOutage(100, 200).until(400),
)
missing(
  'the leader falls silent in failsafe mode: not ended',
  () => demo().failsafeThenSilence(100).until(600),
  (told) => told.firesBy(115).stillFiringAt(600).unchangedAfter(130),
)

fires(
  'from samples alone, read every minute: it holds from one to the next',
  () => demo().metricsOnly().sampledEvery(60).dcsOutage(100, 700).until(1000),
  (told) => told.firesBy(190).neverShows('pg-0', 'failsafe', 'unknown').stillFiringAt(699).resolvedBy(790).begins(1),
)
fires(
  'it dies in failsafe mode, and another one takes the lock',
  () => demo().dcsOutage(100, 160).dies('pg-0', 125).elect('pg-1', 200).until(600),
  (told) => told.firesBy(115).stillFiringAt(190).resolvedBy(210).begins(1),
)
fires(
  'the same from samples alone',
  () => demo().metricsOnly().dcsOutage(100, 160).dies('pg-0', 141).elect('pg-1', 200).until(600),
  (told) => told.firesBy(125).stillFiringAt(190).resolvedBy(225).begins(1),
)
