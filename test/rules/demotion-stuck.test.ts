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

missing('the leader is not heard', () => demo().logsVanish(50, 'pg-0').demotionHangs(100, 200).until(400))
missing(
  'the leader falls silent while it fires: it stays',
  () => demo().demotionHangs(100, 5000).logsVanish(160).metricsVanish(160).until(600),
  (told) => told.firesBy(145).stillFiringAt(600).unchangedAfter(160),
)
