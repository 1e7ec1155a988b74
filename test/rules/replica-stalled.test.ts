import { cluster, stories } from '../story.ts'

const { silent, fires, missing } = stories('replica-stalled')
const demo = () => cluster('demo').replica('pg-1').replica('pg-2')

silent('a healthy cluster', () => demo().until(900))
silent('an idle primary', () => demo().primaryIdle(0).until(900))
fires(
  'nothing arrives at the replica, and nobody says so',
  () => demo().freeze('pg-1', 100).metricsVanish(200).primaryIdle(250).metricsReturn(300).stream('pg-1', 400),
  (told) =>
    told.notBefore(115).firesBy(160).severityAt(190, 'critical').stillFiringAt(250).stillFiringAt(399).resolvedBy(460),
)
missing('the replica gives no samples', () => demo().metricsVanish(50, 'pg-1').freeze('pg-1', 100).until(600))
