import { cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('paused-too-long')

silent('a healthy cluster', () => demo().until(4000))
silent('a pause of half an hour with restarts inside', () =>
  demo().pause(100).restart('pg-1', 300).restart('pg-0', 600).resume(1900).until(4500),
)
silent('two short pauses', () => demo().pause(100).resume(2000).pause(2100).resume(4000).until(6000))

fires(
  'a pause of more than an hour',
  () => demo().pause(100).resume(4500).until(4800),
  (told) =>
    told.notBefore(3690).firesBy(3720).severityAt(4400, 'warning').stillFiringAt(4499).resolvedBy(4520).begins(1),
)
fires(
  'from samples alone, also of one member',
  () => cluster('demo').metricsOnly().pause(100).resume(4500).until(4800),
  (told) => told.firesBy(3730).resolvedBy(4530),
)

missing('nobody is heard', () => demo().logsVanish(50).metricsVanish(50).pause(100).until(4500))
missing(
  'nobody is heard any more while it fires: it stays',
  () => demo().pause(100).logsVanish(3900).metricsVanish(3900).resume(4000).until(5000),
  (told) => told.firesBy(3720).stillFiringAt(5000).unchangedAfter(3720),
)
