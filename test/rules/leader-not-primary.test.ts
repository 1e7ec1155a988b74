import { quotesSuccessor } from '../quotes-successor.ts'
import { type ClusterStory, cluster, demo, stories } from '../story.ts'

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

silent(
  'in a pause PostgreSQL of the leader was made a standby by hand, and it gives up the lock',
  () =>
    demo()
      .logsOnly()
      .changes(99, (world) => {
        world.node('pg-0').cycle = () => {}
      })
      .says('pg-0', 100, 'PAUSE: removed leader lock because postgres is not running as primary')
      .until(300),
  (told) => told.shows('pg-0', 'role', 'none', 100, 101).shows('pg-0', 'paused', 'yes', 100, 101),
)

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
  'it demotes itself as it cannot renew the lock, and goes on being refused: since its end as a primary, not since it last led',
  () =>
    demo()
      .logsOnly()
      .withoutPostgresLogs()
      .changes(95, (world) => {
        const node = world.node('pg-0')
        node.cycle = (now) => {
          world.patroni(node, now, 'Lock owner: pg-0; I am pg-0')
          world.patroni(node, now + 8, 'failed to update leader lock', 'ERROR')
          if (now > 105)
            return world.patroni(node, now + 8.1, 'not promoting because failed to update leader lock in DCS')
          world.patroni(node, now + 8.1, 'Demoting self (immediate-nolock)')
          world.patroni(node, now + 9, 'demoted self because failed to update leader lock in DCS')
        }
      })
      .until(300),
  (told) =>
    told
      .firesBy(150)
      .says(/cannot renew it and is no primary since 10:01:48$/)
      .begins(1),
)
/** From 100 to `until` Patroni of a member gets no answer of its PostgreSQL, and ends each cycle with these lines. */
function unanswered(member: string, until: number, ...ends: readonly string[]): ClusterStory {
  return unansweredIn(demo().logsOnly(), member, until, ...ends)
}
function unansweredIn(story: ClusterStory, member: string, until: number, ...ends: readonly string[]): ClusterStory {
  return story
    .withoutPostgresLogs()
    .changes(100, (world) => {
      const node = world.node(member)
      node.cycle = (now) => {
        world.patroni(
          node,
          now - 0.1,
          'Failed to determine PostgreSQL state from the connection, falling back to cached role',
          'WARNING',
        )
        // Asked through the REST API meanwhile, it gets none either.
        if (now % 20 < 10) world.patroni(node, now - 0.05, 'get_postgresql_status', 'ERROR')
        for (const end of ends) world.patroni(node, now, end)
      }
    })
    .changes(until, (world) => {
      world.node(member).cycle = null
    })
    .until(400)
}
const REMEMBERED = 'no action. I am (pg-0), the leader with the lock'
const LATER = 'Error communicating with PostgreSQL. Will try again later'
for (const end of [REMEMBERED, LATER]) {
  fires(
    `Patroni of the leader gets no answer of its PostgreSQL: ${end}`,
    () => unanswered('pg-0', 300, end),
    (told) =>
      told
        .notBefore(155)
        .firesBy(175)
        .severityAt(290, 'warning')
        .says(/has had no answer from its PostgreSQL since \d\d:\d\d:\d\d$/)
        .resolvedBy(315)
        .begins(1),
  )
  silent(`the same for half a minute: ${end}`, () => unanswered('pg-0', 140, end))
}
silent('the same of a replica', () => unanswered('pg-1', 300, LATER))
fires(
  'the same, its log ends meanwhile, and readings go on: it is a running primary',
  () => unansweredIn(demo(), 'pg-0', 400, LATER).logsVanish(200, 'pg-0'),
  (told) => told.firesBy(175).stillFiringAt(205).resolvedBy(245).begins(1),
)
silent('a crash that recovers in 70 s: what did not answer until then was no running PostgreSQL', () =>
  demo()
    .logsOnly()
    .crash('pg-0', 100, 70)
    .changes(100, (world) => {
      world.node('pg-0').cycle = (now) => world.patroni(world.node('pg-0'), now, LATER)
    })
    .changes(175, (world) => {
      world.node('pg-0').cycle = null
    })
    .until(300),
)

function promotionHangs(): ClusterStory {
  const story = demo().logsOnly().leaderDiesForGood(100)
  story.says('pg-1', 135, 'promoted self to leader by acquiring session lock')
  for (let t = 145; t < 240; t += 10) story.says('pg-1', t, 'updated leader lock during promote')
  return story
}

fires(
  'a promotion that hangs: the lock is renewed all the time',
  () => promotionHangs().until(240),
  (told) => told.notBefore(165).firesBy(180).severityAt(200, 'critical').stillFiringAt(239).begins(1),
)
fires(
  'a promotion that hangs, and the lock is given up for it',
  () => promotionHangs().says('pg-1', 245, 'removed leader lock because postgres is not running as primary').until(300),
  (told) => told.firesBy(180).stillFiringAt(244).resolvedBy(250).begins(1),
)
