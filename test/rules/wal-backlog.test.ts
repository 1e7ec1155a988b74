import { cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('wal-backlog')

silent('a healthy cluster', () => demo().writes(10).until(600))
silent('read seldom: newest is not compared with newest', () => demo().writes(20).sampledEvery(30).until(600))
silent('a delayed replica within its delay, more than 250 MB behind', () =>
  cluster('demo').replica('pg-1', { delay: 60 }).writes(6).until(900),
)
silent('the same before its delay is known', () =>
  cluster('demo')
    .replica('pg-1', { delay: 300 })
    .configured({ members: { 'pg-1': { delayed: 300_000 } } })
    .writes(6)
    .until(900),
)
silent('a replica that is being cloned', () => demo().writes(10).reinit('pg-1', 100, 400))
silent('a cascading replica whose upstream is being copied anew', () =>
  cluster('demo')
    .replica('pg-1')
    .replica('pg-2', { replicatefrom: 'pg-1' })
    .writes(5)
    .reinit('pg-1', 100, 250)
    .until(500),
)
silent('an archive-only replica is up to two segments behind', () =>
  cluster('demo').replica('pg-1', { nostream: true }).writes(2).until(600),
)
silent('a slot is read by nobody for as long as Patroni keeps it, then dropped', () =>
  demo().idleSlot('pg-0', 'pg_3', 100, 1900).until(2200),
)
silent('a slot that nobody reads and that keeps little', () =>
  demo().idleSlot('pg-0', 'pg_3', 100, 5000, 0.01).until(5000),
)
silent('the list of slots is read no more', () =>
  demo().idleSlot('pg-0', 'pg_3', 100, 1900).metricsVanish(1000).until(5000),
)

fires(
  'a slot that nobody reads keeps more and more; it is read again',
  () => demo().idleSlot('pg-0', 'orders_copy', 100, 3000).until(3200),
  (told) =>
    told
      .notBefore(2200)
      .firesBy(2215)
      .says(/slot orders_copy of pg-0/)
      .stillFiringAt(2990)
      .resolvedBy(3020),
)
fires(
  'the slot of a member that is gone: from then on it is the primary that it is about, and told once',
  () => demo().gracefulStop('pg-2', 90).idleSlot('pg-0', 'pg_2', 100, 3000).until(3200),
  (told) =>
    told
      .firesBy(2215)
      .says(/slot pg_2 of pg-0/)
      .begins(1)
      .resolvedBy(3020),
)
fires(
  'its member goes while it fires',
  () => demo().idleSlot('pg-0', 'pg_2', 100, 4000).gracefulStop('pg-2', 2300).until(4200),
  (told) => told.firesBy(2215).begins(2).resolvedBy(4020),
)
fires(
  'a replica that stands still while 250 MB pile up; it ends below half',
  () => demo().writes(2).freeze('pg-1', 100).stream('pg-1', 400).until(700),
  (told) => told.notBefore(219).firesBy(260).severityAt(300, 'warning').stillFiringAt(400).resolvedBy(500).begins(1),
)
fires(
  'replay runs at half the speed of the source for 40 s: that it trails is no delay on purpose',
  () => demo().sampledEvery(1).writes(30).replaysSlowly('pg-1', 100, 140).until(400),
  (told) => told.notBefore(110).firesBy(135).stillFiringAt(140).resolvedBy(220),
)
fires(
  'four times as much and growing is critical',
  () => demo().writes(5).freeze('pg-1', 100).until(500),
  (told) => told.firesBy(200).severityAt(200, 'warning').severityAt(400, 'critical'),
)
fires(
  'a replica that was stopped is back far behind: not critical before a minute shows that the gap does not shrink',
  () => demo().writes(20).gracefulStop('pg-1', 100).start('pg-1', 340).until(600),
  (told) => told.firesBy(370).severityAt(370, 'warning').severityAt(395, 'warning').resolvedBy(500),
)
fires(
  'the primary falls idle: the backlog stays',
  () => demo().writes(5).freeze('pg-1', 100).primaryIdle(200).until(600),
  (told) => told.firesBy(200).stillFiringAt(600),
)

missing('the replica gives no samples', () => demo().writes(5).metricsVanish(50, 'pg-1').freeze('pg-1', 100).until(500))
missing(
  'samples vanish while it fires',
  () => demo().writes(5).freeze('pg-1', 100).metricsVanish(250).until(900),
  (told) => told.firesBy(200).stillFiringAt(900).unchangedAfter(260),
)
