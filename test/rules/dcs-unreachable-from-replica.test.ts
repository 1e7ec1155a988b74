import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('dcs-unreachable-from-replica')

silent('a healthy cluster', () => demo().until(600))
silent('the leader cannot reach it either', () => demo().dcsOutage(100, 300).until(500))
silent('two failed cycles', () => demo().dcsOutage(98, 116, { who: 'replicas' }).until(400))
silent('a replica is stopped while all are cut off from the DCS, and was not started again when it is back', () =>
  demo().dcsOutage(100, 200).gracefulStop('pg-1', 130).metricsVanish(130, 'pg-1').until(600),
)
silent('it died in an outage that the leader is out of, before its log showed how often it speaks', () =>
  demo().logsOnly().dcsOutage(20, 100).dies('pg-1', 85).until(400),
)
silent('a switchover', () => demo().switchover('pg-1', 100))

fires(
  'only replicas say so, for more than two loops: info',
  () => demo().dcsOutage(100, 300, { who: 'replicas' }).until(500),
  (told) => told.notBefore(120).firesBy(140).severityAt(290, 'info').neverPages().stillFiringAt(299).resolvedBy(320),
)

missing('the replicas are not heard', () =>
  demo().logsVanish(50, 'pg-1').logsVanish(50, 'pg-2').dcsOutage(100, 300, { who: 'replicas' }).until(500),
)
missing(
  'the replicas fall silent meanwhile: it stays',
  () =>
    demo()
      .dcsOutage(100, 5000, { who: 'replicas' })
      .logsVanish(200, 'pg-1')
      .logsVanish(200, 'pg-2')
      .metricsVanish(200)
      .until(600),
  (told) => told.firesBy(140).stillFiringAt(600).unchangedAfter(200),
)
