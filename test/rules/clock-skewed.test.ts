import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('clock-skewed')

silent('a healthy cluster', () => demo().until(300))
silent('clocks that agree within two seconds', () => demo().arrives('pg-1', 100, 1.5).arrives('pg-2', 100, -1.9))
silent('lines that are late, with a clock that is right', () =>
  demo().arrives('pg-1', 100, 0, 90).arrives('pg-1', 130, 0, 120),
)

fires(
  'a clock five seconds ahead, until it is set',
  () => demo().arrives('pg-1', 100, -5).arrives('pg-1', 200, -0.1).until(300),
  (told) =>
    told
      .firesBy(105)
      .severityAt(150, 'warning')
      .says(/5 s ahead/)
      .stillFiringAt(199)
      .resolvedBy(205)
      .begins(1),
)
fires(
  'a zone that is not configured',
  () => demo().arrives('pg-1', 100, 7200.4).until(300),
  (told) => told.firesBy(105).says(/zone/),
)

missing('replay: nobody knows when a line came', () => demo().logsVanish(100).until(300))
missing(
  'no report any more: it stays',
  () => demo().arrives('pg-1', 100, -5).until(600),
  (told) => told.firesBy(105).stillFiringAt(600).unchangedAfter(105),
)

fires(
  'by three seconds',
  () => demo().arrives('pg-1', 100, 3).until(200),
  (told) => told.firesBy(105).says(/is 3 s behind/),
)
for (const offset of [-3600, 19_801])
  fires(
    `by ${offset} s: a zone that nobody configured`,
    () => demo().arrives('pg-1', 100, offset).until(200),
    (told) => told.firesBy(105).says(/a zone that is not configured/),
  )
fires(
  'by five seconds more than a zone',
  () => demo().arrives('pg-1', 100, 3605).until(200),
  (told) => told.firesBy(105).says(/3605 s behind/),
)
