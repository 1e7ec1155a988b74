import { quotesSuccessor } from '../quotes-successor.ts'
import { cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('leader-not-primary')

for (const [by, told] of Object.entries({
  'lines and readings': () => demo(),
  'readings alone': () => demo().metricsOnly(),
}))
  silent(`by ${by}: the primary is restarted, after a checkpoint of 7 minutes in which it goes on`, () =>
    told().restart('pg-0', 100, 420).until(700),
  )
silent('by readings alone: a primary that recovered for a minute answers before its Patroni says that it runs', () =>
  demo()
    .metricsOnly()
    .sampledEvery(3)
    .changes(100, (world) => {
      world.node('pg-0').postgres = 'starting'
    })
    .changes(160, (world) => {
      Object.assign(world.node('pg-0'), { postgres: 'running', start: 160, state: 'starting' })
    })
    .changes(175, (world) => {
      world.node('pg-0').state = null
    })
    .until(300),
)
silent('a healthy cluster', () => demo().until(600))
for (const seconds of [0, 3, 10])
  silent(`a graceful stop; the clock of the leader, whose last line quotes its successor, is ${seconds} s ahead`, () =>
    quotesSuccessor(seconds),
  )
silent('the primary is restarted', () => demo().restart('pg-0', 100))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('a crash that recovers in 10 s', () => demo().crash('pg-0', 100, 10))
silent('a standby cluster', () => cluster('demo').standbyCluster().replica('pg-1').until(600))
silent('the leader dies with a crash line, and the lines of its successor are lost', () =>
  demo()
    .timings(5, 20)
    .sampledEvery(1)
    .postgresSays('pg-0', 99, 'server process (PID 4711) was terminated by signal 9: Killed')
    .leaderDies(100, 'pg-1')
    .logsVanish(105, 'pg-1')
    .logsVanish(105, 'pg-2')
    .until(300),
)
silent('the leader dies with a crash line, and a third one names its successor, whose lines are missing', () =>
  demo()
    .logsOnly()
    .timings(5, 20)
    .postgresSays('pg-0', 99, 'server process (PID 4711) was terminated by signal 9: Killed')
    .leaderDies(100, 'pg-1')
    .logsVanish(105, 'pg-1')
    .until(300),
)
silent('pause', () => demo().pause(50).leaderWithoutPostgres(100).until(300))

fires(
  'PostgreSQL of the lock holder is down',
  () =>
    demo()
      .leaderWithoutPostgres(100)
      .changes(300, (world) => {
        const leader = world.node('pg-0')
        Object.assign(leader, { postgres: 'running', start: 300, cycle: null })
        world.postgres(leader, 300, 'database system is ready to accept connections')
      })
      .until(500),
  (told) => told.notBefore(125).firesBy(450).stillFiringAt(299).severityAt(299, 'critical').resolvedBy(310),
)
fires(
  'the leader crashes in a DCS outage, and another one takes over in the end',
  () =>
    demo()
      .leaderWithoutPostgres(100)
      .changes(200, (world) => {
        Object.assign(world.node('pg-0'), { lock: false, patroni: 'down', listed: null })
      })
      .elect('pg-1', 230)
      .until(400),
  (told) => told.firesBy(145).stillFiringAt(229).resolvedBy(260),
)

missing('neither lines nor samples of the leader, nor lines of the PostgreSQL that it refuses', () =>
  demo().withoutPostgresLogs().logsVanish(50, 'pg-0').metricsVanish(50, 'pg-0').leaderWithoutPostgres(100).until(400),
)
missing(
  'the leader falls silent while it fires: it stays',
  () => demo().leaderWithoutPostgres(100).logsVanish(200, 'pg-0').metricsVanish(200, 'pg-0').until(600),
  (told) => told.firesBy(190).stillFiringAt(600).unchangedAfter(200),
)

fires(
  'a promotion that hangs: the lock is renewed all the time',
  () => {
    const story = demo().logsOnly().leaderDiesForGood(100)
    story.says('pg-1', 135, 'promoted self to leader by acquiring session lock')
    for (let t = 145; t < 240; t += 10) story.says('pg-1', t, 'updated leader lock during promote')
    return story.until(240)
  },
  (told) => told.notBefore(165).firesBy(180).severityAt(200, 'critical').stillFiringAt(239).begins(1),
)
