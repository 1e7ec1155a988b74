import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('failsafe-did-not-hold')

silent('a healthy cluster', () => demo().until(600))
silent('failsafe mode holds', () => demo().dcsOutage(100, 200).until(600))
silent('an outage without failsafe mode', () => demo().dcsOutage(100, 160, { failsafe: false }).until(400))
silent('a switchover soon after failsafe mode', () => demo().dcsOutage(100, 160).switchover('pg-1', 175).until(400))
silent('the lock is refused where failsafe mode is not in use', () => demo().lockRefused(100, 30, 'pg-1').until(400))
silent('a graceful stop', () => demo().gracefulStop('pg-0', 100, 'pg-1'))

fires(
  'a member refuses: the leader demotes itself; the next primary ends it',
  () => demo().dcsOutage(100, 110).dcsOutage(121, 160, { refused: 'pg-2' }).until(400),
  (told) => told.notBefore(120).firesBy(140).severityAt(155, 'critical').resolvedBy(180),
)
fires(
  'the DCS answers no although failsafe mode is configured',
  () => demo().configured({ failsafeMode: true }).lockRefused(100, 30, 'pg-1').until(400),
  (told) => told.notBefore(100).firesBy(110).severityAt(120, 'critical').resolvedBy(145),
)

missing('the leader is not heard', () =>
  demo().configured({ failsafeMode: true }).logsVanish(50, 'pg-0').lockRefused(100, 30, 'pg-1').until(400),
)
missing(
  'nothing is heard after the demotion: it stays',
  () =>
    demo()
      .configured({ failsafeMode: true })
      .lockRefused(100, 30, 'pg-1')
      .logsVanish(102)
      .metricsVanish(102)
      .until(600),
  (told) => told.firesBy(110).stillFiringAt(600).unchangedAfter(110),
)
