import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('timeline-diverged')

silent('a healthy cluster', () => demo().until(600))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('the leader dies and comes back as a replica', () => demo().leaderDies(100, 'pg-1').start('pg-0', 200))
silent('it is rewound at once', () => demo().timelineDiverged('pg-1', 100).rewind('pg-1', 110, 140))
silent('it is being rebuilt for a long time', () => demo().timelineDiverged('pg-1', 100).reinit('pg-1', 120, 900))

fires(
  'nobody rewinds it for three minutes',
  () => demo().timelineDiverged('pg-1', 100).stream('pg-1', 500).until(700),
  (told) => told.notBefore(280).firesBy(290).severityAt(490, 'warning').stillFiringAt(499).resolvedBy(520),
)

missing('PostgreSQL is not shipped', () => demo().withoutPostgresLogs().timelineDiverged('pg-1', 100).until(500))
missing(
  'its inputs vanish while it fires: it stays',
  () => demo().timelineDiverged('pg-1', 100).logsVanish(350, 'pg-1').metricsVanish(350, 'pg-1').until(800),
  (told) => told.firesBy(290).stillFiringAt(800).unchangedAfter(350),
)
