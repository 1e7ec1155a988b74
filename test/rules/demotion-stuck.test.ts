import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('demotion-stuck')

silent('a healthy cluster', () => demo().until(600))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('a demotion that ends within two loops', () => demo().demotionHangs(100, 115).until(300))

fires(
  'the lock is renewed during a demotion',
  () => demo().demotionHangs(100, 200).until(400),
  (told) => told.notBefore(120).firesBy(145).severityAt(190, 'critical').stillFiringAt(199).resolvedBy(225),
)
fires(
  'another one leads since, and the old leader still waits for its PostgreSQL to shut down: no lock is renewed',
  () =>
    demo()
      .leaderDies(100, 'pg-1')
      .changes(101, (world) => {
        const old = world.node('pg-0')
        Object.assign(old, { patroni: 'up', logs: true, beat: 101 })
        old.cycle = (now) => world.patroni(old, now, 'manual failover: demote in progress')
      })
      .until(400),
  (told) =>
    told
      .notBefore(121)
      .firesBy(145)
      .severityAt(300, 'warning')
      .says(/has not finished demoting itself$/)
      .begins(1),
)

missing('the leader is not heard', () => demo().logsVanish(50, 'pg-0').demotionHangs(100, 200).until(400))
missing(
  'the leader falls silent while it fires: it stays',
  () => demo().demotionHangs(100, 5000).logsVanish(160).metricsVanish(160).until(600),
  (told) => told.firesBy(145).stillFiringAt(600).unchangedAfter(160),
)
