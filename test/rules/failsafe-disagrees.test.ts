import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('failsafe-disagrees')

silent('a healthy cluster', () => demo().until(600))
silent('failsafe mode, and its flags that outlive it by ttl on replicas', () => demo().dcsOutage(100, 200).until(600))
silent('log level WARNING: no line speaks of it', () => demo().atLevelWarning().dcsOutage(100, 200).until(600))
silent('no samples', () => demo().logsOnly().dcsOutage(100, 200).until(600))
silent('a release without the flag', () => demo().version('2.1.7').dcsOutage(100, 160, { failsafe: false }).until(400))
silent('a flag read up while the leader was in failsafe mode, and not read since', () =>
  demo().sampledEvery(60).dcsOutage(100, 104).until(400),
)
silent('no lines: its own flag goes up, and down while it does not see the DCS yet', () =>
  demo()
    .metricsOnly()
    .dcsOutage(100, 300)
    .changes(130, (world) => {
      Object.assign(world.node('pg-0'), { failsafe: false, cycle: () => {} })
    })
    .until(290),
)

fires(
  'the flag of the leader stays up after its log says otherwise',
  () =>
    demo()
      .dcsOutage(100, 200)
      .changes(201, (world) => {
        Object.assign(world.node('pg-0'), { failsafe: true })
      })
      .changes(400, (world) => {
        world.node('pg-0').failsafe = false
      })
      .until(600),
  (told) => told.notBefore(230).firesBy(260).severityAt(390, 'warning').stillFiringAt(399).resolvedBy(425),
)
fires(
  'the flag of a replica is up more than two ttl after the end',
  () =>
    demo()
      .dcsOutage(100, 200)
      .changes(225, (world) => {
        world.node('pg-1').failsafe = true
      })
      .changes(400, (world) => {
        world.node('pg-1').failsafe = false
      })
      .until(600),
  (told) => told.notBefore(260).firesBy(290).stillFiringAt(399).resolvedBy(425),
)

missing('the samples of the leader vanish with the outage', () =>
  demo().dcsOutage(100, 200).metricsVanish(90, 'pg-0').until(600),
)
missing(
  'samples vanish while it fires',
  () =>
    demo()
      .dcsOutage(100, 200)
      .changes(201, (world) => {
        world.node('pg-0').failsafe = true
      })
      .metricsVanish(300)
      .until(600),
  (told) => told.firesBy(260).stillFiringAt(600).unchangedAfter(300),
)
