import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('logs-delayed')

silent('a healthy cluster', () => demo().until(300))
silent('late by half a minute', () => demo().arrives('pg-1', 100, 0, 20).arrives('pg-1', 130, 0, 30))
silent('a delay that shrinks', () =>
  demo().arrives('pg-1', 100, 0, 120).arrives('pg-1', 130, 0, 90).arrives('pg-1', 160, 0, 70),
)
silent('a clock that is behind by an hour', () => demo().arrives('pg-1', 100, 3600, 1).arrives('pg-1', 130, 3600, 2))

fires(
  'later and later, then in time again',
  () =>
    demo()
      .arrives('pg-1', 100, 0, 40)
      .arrives('pg-1', 130, 0, 70)
      .arrives('pg-1', 160, 0, 95)
      .arrives('pg-1', 300, 0, 2)
      .until(400),
  (told) => told.notBefore(130).firesBy(135).severityAt(200, 'info').stillFiringAt(299).resolvedBy(305).begins(1),
)

missing('replay: nobody knows when a line came', () => demo().logsVanish(100, 'pg-1').until(400))
missing(
  'no report any more: it stays',
  () => demo().arrives('pg-1', 100, 0, 40).arrives('pg-1', 130, 0, 70).until(600),
  (told) => told.firesBy(135).stillFiringAt(600).unchangedAfter(135),
)
