import { cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('failover-blocked')

silent('a healthy cluster', () => demo().until(300))
silent('the leader dies and another one takes over', () => demo().leaderDies(100, 'pg-1').until(400))
silent('a switchover, with a lost race', () => demo().switchover('pg-1', 100).losesRace('pg-2', 102))
silent('a stale view of one replica', () => demo().staleView('pg-2', 100).until(400))
silent('one of two refuses, the other one leads in the end', () =>
  demo()
    .leaderDiesForGood(100)
    .changes(131, (world) => {
      world.node('pg-2').cycle = () => {}
    })
    .elect('pg-1', 200)
    .until(400),
)
silent('all members are stopped gracefully', () =>
  demo().gracefulStop('pg-1', 100).gracefulStop('pg-2', 101).gracefulStop('pg-0', 102).until(390),
)
silent('pause: the leader dies and nobody may follow', () => demo().pause(50).leaderDiesForGood(100).until(400))
silent('a standby cluster', () => cluster('demo').standbyCluster().replica('pg-1').until(400))
silent('one member', () => cluster('demo').until(400))

fires(
  'the leader dies and both replicas lag',
  () => demo().leaderDiesForGood(100).elect('pg-1', 300).until(600),
  (told) =>
    told
      .notBefore(150)
      .firesBy(180)
      .severityAt(250, 'critical')
      .says(/pg-1 \(lag\)/)
      .stillFiringAt(299)
      .resolvedBy(320)
      .begins(1),
)
fires(
  'one lags, the other one may not be promoted',
  () => cluster('demo').replica('pg-1').replica('pg-2', { nofailover: true }).leaderDiesForGood(100).until(400),
  (told) => told.firesBy(180).stillFiringAt(400),
)
fires(
  'nobody else may be promoted, and the old leader comes back',
  () =>
    cluster('demo')
      .replica('pg-1', { nofailover: true })
      .replica('pg-2', { nofailover: true })
      .leaderDiesForGood(100)
      .changes(300, (world) => {
        for (const node of world.nodes.values()) node.cycle = null
      })
      .start('pg-0', 300)
      .elect('pg-0', 301)
      .until(500),
  (told) => told.firesBy(180).stillFiringAt(299).resolvedBy(330),
)

missing('nobody is heard', () => demo().logsVanish(90).metricsVanish(90).leaderDiesForGood(100).until(400))
missing(
  'nobody is heard any more: it stays',
  () => demo().leaderDiesForGood(100).logsVanish(250).metricsVanish(250).until(600),
  (told) => told.firesBy(180).stillFiringAt(600).unchangedAfter(250),
)
