import { demotionHangsEarly } from '../demotion-hangs.ts'
import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('switchover-failed')

silent('a healthy cluster', () => demo().until(300))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('there and back', () => demo().switchover('pg-1', 100).switchover('pg-0', 200))
silent('a request that was refused', () => demo().switchoverRejected(100))
silent('scheduled and cancelled', () =>
  demo()
    .says(
      'pg-0',
      100,
      'received switchover request with leader=pg-0 candidate=pg-1 scheduled_at=2026-03-04T10:10:00+00:00',
    )
    .says('pg-0', 110, 'Awaiting switchover at 2026-03-04T10:10:00+00:00 (in 490 seconds)')
    .until(900),
)
silent('only the old leader is heard: it names its successor', () =>
  demo().logsOnly().logsVanish(0, 'pg-1').logsVanish(0, 'pg-2').switchover('pg-1', 100).until(400),
)
silent('lines of the successor are missing: the old leader streams', () =>
  demo().logsOnly().logsVanish(95, 'pg-1').switchover('pg-1', 100),
)
silent('the leader stops gracefully', () => demo().gracefulStop('pg-0', 100, 'pg-1'))

fires(
  'the demotion hangs, and ends at last',
  () => demo().demotionHangs(100, 250).until(500),
  (told) => told.notBefore(160).firesBy(170).severityAt(200, 'info').stillFiringAt(249).resolvedBy(260).begins(1),
)
fires(
  'the demotion hangs before PostgreSQL is told to stop, and it runs as primary all the while',
  () => demotionHangsEarly(demo()).until(390),
  (told) => told.notBefore(160).firesBy(170).stillFiringAt(389).begins(1),
)

missing('the leader is not heard', () => demo().logsVanish(90, 'pg-0').demotionHangs(100, 250).until(240))
missing(
  'nobody is heard any more while it fires: it stays',
  () => demo().demotionHangs(100, 2000).logsVanish(200).metricsVanish(200).until(600),
  (told) => told.firesBy(170).stillFiringAt(600).unchangedAfter(170),
)
