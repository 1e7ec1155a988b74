import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('postgres-crashed')

silent('a healthy cluster', () => demo().until(300))
silent('restart, stop, switchover, copy', () =>
  demo()
    .restart('pg-1', 100)
    .switchover('pg-1', 200)
    .gracefulStop('pg-2', 300)
    .start('pg-2', 340)
    .reinit('pg-2', 400, 500),
)
silent('children that die in a shutdown that Patroni ordered', () =>
  demo()
    .lockRefused(100, 20, 'pg-1')
    .postgresSays('pg-0', 100.3, 'archiver process (PID 4711) was terminated by signal 9: Killed'),
)
silent('a crash while the cluster is paused', () => demo().pause(50).crash('pg-0', 100, 20).resume(300))

fires(
  'the primary crashes and recovers in 8 s: critical',
  () => demo().crash('pg-0', 101, 8).until(300),
  (told) => told.firesBy(105).severityAt(105, 'critical').stillFiringAt(108).resolvedBy(115).begins(1),
)
fires(
  'a replica crashes: warning; one that recovers within a second is shown too',
  () => demo().crash('pg-1', 101, 1).until(300),
  (told) => told.firesBy(105).severityAt(105, 'warning').resolvedBy(115).begins(1),
)

missing('PostgreSQL is not shipped', () => demo().withoutPostgresLogs().crash('pg-0', 100, 20))
missing(
  'it is not heard any more: it stays',
  () => demo().crash('pg-0', 100, 200).logsVanish(110, 'pg-0').metricsVanish(110, 'pg-0').until(600),
  (told) => told.firesBy(105).stillFiringAt(600),
)
