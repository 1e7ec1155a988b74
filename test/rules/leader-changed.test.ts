import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('leader-changed')

silent('a healthy cluster: the first leader seen is no change', () => demo().until(300))
silent('the leader is restarted', () => demo().restart('pg-0', 100))
silent('the same member takes the lock again', () => demo().dcsOutage(100, 160, { failsafe: false }).until(400))
silent(
  'a switchover is no page',
  () => demo().switchover('pg-1', 100),
  (told) => told.neverPages().firesBy(110).begins(1),
)
silent(
  'a graceful stop of the leader is no page, with PostgreSQL’s lines or without',
  () => demo().withoutPostgresLogs().gracefulStop('pg-0', 100, 'pg-1'),
  (told) => told.neverPages().firesBy(110).begins(1),
)
silent('a rejected switchover', () => demo().switchoverRejected(100))

fires(
  'the leader dies: one record, a warning',
  () => demo().leaderDies(100, 'pg-1').until(600),
  (told) =>
    told
      .notBefore(130)
      .firesBy(140)
      .says(/from pg-0 to pg-1/)
      .begins(1)
      .unchangedAfter(140),
)
fires(
  'a failover after a refused switchover is none that was asked for',
  () => demo().switchoverRejected(90).leaderDies(100, 'pg-1').until(600),
  (told) =>
    told
      .firesBy(140)
      .begins(1)
      .of('leader-changed')
      .says(/pg-1 at \d\d:\d\d:\d\d$/),
)
fires(
  'there and back',
  () => demo().leaderDies(100, 'pg-1').start('pg-0', 200).switchover('pg-0', 400),
  (told) => told.begins(2),
)
fires(
  'from samples alone',
  () => demo().metricsOnly().leaderDies(100, 'pg-1'),
  (told) => told.firesBy(160).begins(1),
)

missing('nobody is heard', () => demo().logsVanish(90).metricsVanish(90).leaderDies(100, 'pg-1'))
missing('the new leader is not heard', () =>
  demo().logsVanish(90, 'pg-1').metricsVanish(90, 'pg-1').leaderDies(100, 'pg-1'),
)
