import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('slot-lost')

const LOST = 'invalidating obsolete replication slot "pg_1"'

silent('a healthy cluster', () => demo().until(300))
silent('planned work', () =>
  demo().restart('pg-1', 100).switchover('pg-1', 200).gracefulStop('pg-2', 300).start('pg-2', 330),
)
silent('a slot that is missing', () => demo().postgresSays('pg-0', 100, 'replication slot "pg_1" does not exist'))
silent('a slot that Patroni drops because its member is gone', () =>
  demo().says('pg-0', 100, "Dropped replication slot 'pg_1'"),
)

fires(
  'a slot is invalidated; its member streams again',
  () => demo().walMissing('pg-1', 99).postgresSays('pg-0', 100, LOST).stream('pg-1', 300).until(500),
  (told) => told.firesBy(105).severityAt(200, 'warning').says(/pg_1/).stillFiringAt(299).resolvedBy(315).begins(1),
)
fires(
  'Patroni drops it to make it anew',
  () =>
    demo()
      .walMissing('pg-1', 99)
      .postgresSays('pg-0', 100, LOST)
      .says('pg-0', 200, "Dropped replication slot 'pg_1'")
      .until(400),
  (told) => told.firesBy(105).stillFiringAt(199).quietAt(210),
)
fires(
  'its member is removed from the cluster: it ends with it, and is not told again',
  () => demo().postgresSays('pg-0', 100, LOST).gracefulStop('pg-1', 102).until(1500),
  (told) => told.firesBy(105).begins(1).quietAt(800).unchangedAfter(800),
)
fires(
  'the member that had it is removed from the cluster, and the slot with it',
  () =>
    demo()
      .postgresSays('pg-0', 100, 'invalidating obsolete replication slot "orders_copy"')
      .gracefulStop('pg-0', 200, 'pg-1')
      .until(1500),
  (told) => told.firesBy(105).stillFiringAt(700).quietAt(1000).begins(1),
)

missing('PostgreSQL is not shipped', () => demo().withoutPostgresLogs().postgresSays('pg-0', 100, LOST))
missing(
  'nobody is heard any more: it stays',
  () => demo().walMissing('pg-1', 99).postgresSays('pg-0', 100, LOST).logsVanish(150).metricsVanish(150).until(600),
  (told) => told.firesBy(105).stillFiringAt(600).unchangedAfter(105),
)
