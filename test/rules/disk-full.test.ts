import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('disk-full')

const FULL = 'could not write to file "pg_wal/xlogtemp.4711": No space left on device'

silent('a healthy cluster', () => demo().until(300))
silent('planned work', () => demo().restart('pg-1', 100).switchover('pg-1', 200).reinit('pg-2', 300, 400))
silent('shared memory of a query', () =>
  demo().postgresSays(
    'pg-0',
    100,
    'could not resize shared memory segment "/PostgreSQL.1" to 8388608 bytes: No space left on device',
  ),
)

fires(
  'a replica’s disk is full for two minutes; five minutes of writing end it',
  () => {
    const story = demo()
    for (let t = 100; t < 220; t += 10) story.postgresSays('pg-1', t, FULL)
    return story.freeze('pg-1', 100).stream('pg-1', 225).until(800)
  },
  (told) => told.firesBy(105).severityAt(200, 'critical').stillFiringAt(505).resolvedBy(530).begins(1),
)
fires(
  'planned work mutes it never',
  () => demo().pause(50).restart('pg-1', 99).postgresSays('pg-1', 103, FULL).until(600),
  (told) => told.firesBy(110),
)
fires(
  'what the member does is a consequence',
  () => demo().postgresSays('pg-1', 100, FULL).freeze('pg-1', 100).postgresSays('pg-1', 120, FULL).until(300),
  (told) => told.firesBy(105).of('replica-stalled').inhibitedBy('disk-full'),
)

missing('PostgreSQL is not shipped', () => demo().withoutPostgresLogs().postgresSays('pg-1', 100, FULL))
missing(
  'without samples nothing proves that it writes: it stays',
  () => demo().logsOnly().postgresSays('pg-1', 100, FULL).until(900),
  (told) => told.firesBy(105).stillFiringAt(900),
)

fires(
  'the primary is idle when the five minutes are over: nothing proves that it writes, until it does',
  () =>
    demo()
      .postgresSays('pg-0', 100, 'could not write to file "pg_wal/xlogtemp.1": No space left on device')
      .writes(0, 250)
      .writes(1, 600)
      .until(800),
  (told) => told.firesBy(105).stillFiringAt(590).resolvedBy(620).begins(1),
)
fires(
  'said again after three minutes: the five begin anew',
  () =>
    demo()
      .postgresSays('pg-1', 100, 'could not extend file "base/5/16384": No space left on device')
      .postgresSays('pg-1', 280, 'could not extend file "base/5/16384": No space left on device')
      .until(800),
  (told) => told.firesBy(105).stillFiringAt(570).resolvedBy(600).begins(1),
)
