import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('wal-missing')

silent('a healthy cluster', () => demo().until(600))
silent('one refusal that the archive mends', () =>
  demo().postgresSays(
    'pg-1',
    100,
    'could not receive data from WAL stream: ERROR:  requested WAL segment 000000010000000000000003 has already been removed',
  ),
)
silent('refusals while it is being rebuilt', () => demo().walMissing('pg-1', 100).reinit('pg-1', 110, 400))
silent('a switchover', () => demo().switchover('pg-1', 100))

fires(
  'asked for again and again over a minute; a rebuilt replica streams and ends it',
  () => demo().walMissing('pg-1', 100).reinit('pg-1', 400, 500).until(700),
  (told) => told.notBefore(160).firesBy(175).severityAt(390, 'critical').stillFiringAt(499).resolvedBy(560),
)
fires(
  'from logs alone',
  () => demo().logsOnly().walMissing('pg-1', 100).stream('pg-1', 400).until(600),
  (told) => told.notBefore(160).firesBy(175).stillFiringAt(399).resolvedBy(420),
)

missing('PostgreSQL is not shipped', () => demo().withoutPostgresLogs().walMissing('pg-1', 100).until(400))
missing(
  'its inputs vanish while it fires: it stays',
  () => demo().walMissing('pg-1', 100).logsVanish(250, 'pg-1').metricsVanish(250, 'pg-1').until(600),
  (told) => told.firesBy(175).stillFiringAt(600).unchangedAfter(250),
)
