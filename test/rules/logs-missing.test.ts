import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('logs-missing')

silent('a healthy cluster', () => demo().until(600))
silent('nobody ships logs', () => demo().metricsOnly().until(900))
silent('a member that is stopped', () => demo().gracefulStop('pg-1', 100).until(700))
silent('a member that dies', () => demo().dies('pg-1', 100).until(700))
silent('four minutes without its lines', () => demo().logsVanish(100, 'pg-1').logsReturn(340, 'pg-1').until(600))

fires(
  'its shipper dies, and comes back',
  () => demo().logsVanish(100, 'pg-1').logsReturn(700, 'pg-1').until(900),
  (told) => told.notBefore(390).firesBy(410).severityAt(500, 'info').stillFiringAt(699).resolvedBy(720).begins(1),
)

missing('its samples end too', () => demo().logsVanish(100, 'pg-1').metricsVanish(100, 'pg-1').until(900))
missing(
  'nothing is read of it any more: it stays',
  () => demo().logsVanish(100, 'pg-1').metricsVanish(500, 'pg-1').until(1200),
  (told) => told.firesBy(410).stillFiringAt(1200).unchangedAfter(410),
)
