import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('metrics-missing')

silent('a healthy cluster', () => demo().until(900))
silent('a cluster without metrics', () => demo().logsOnly().until(900))
silent('a member quotes in its log what the leader answered: nobody asks for metrics', () =>
  demo().logsOnly().staleView('pg-1', 100).freshView('pg-1', 130).until(900),
)
silent('a gap of four minutes', () => demo().metricsVanish(100, 'pg-1').metricsReturn(340, 'pg-1').until(900))
silent('a member that is stopped', () => demo().gracefulStop('pg-1', 100).until(900))
silent('its log ends as well', () => demo().dies('pg-1', 100).until(900))

fires(
  'a member writes logs and gives no samples for five minutes: info',
  () => demo().metricsVanish(100, 'pg-1').metricsReturn(600, 'pg-1').until(900),
  (told) => told.notBefore(390).firesBy(415).severityAt(590, 'info').neverPages().stillFiringAt(599).resolvedBy(615),
)
fires(
  'samples end, of all members at once',
  () => demo().metricsVanish(100).metricsReturn(600).until(900),
  (told) => told.notBefore(390).firesBy(415).stillFiringAt(599).resolvedBy(615).begins(3),
)
fires(
  'it never gave any, others do',
  () => demo().metricsVanish(0, 'pg-1').until(600),
  (told) => told.firesBy(320),
)

fires(
  'its polls fail: it says that it was asked',
  () => demo().polledInVain(100, 'pg-1').polledAgain(600, 'pg-1').until(900),
  (told) =>
    told
      .firesBy(415)
      .begins(1)
      .says(/: its \/patroni does not answer since \d\d:\d\d:\d\d \(ConnectionRefusedError\)$/)
      .stillFiringAt(599)
      .resolvedBy(615),
)
fires(
  'metrics are asked for, of all in vain, since the beginning',
  () => demo().polledInVain(0).until(600),
  (told) => told.firesBy(320).neverPages(),
)

missing('nobody gives samples and nobody ever did', () => demo().logsOnly().until(900))
missing(
  'its log ends while it fires: it stays',
  () => demo().metricsVanish(100, 'pg-1').logsVanish(500, 'pg-1').until(900),
  (told) => told.firesBy(415).stillFiringAt(900).unchangedAfter(500),
)
