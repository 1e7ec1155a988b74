import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('rule-blind')

silent('a cluster whose PostgreSQL is heard', () =>
  demo()
    .postgresSays('pg-0', 10, 'checkpoint starting: time')
    .postgresSays('pg-1', 10, 'restartpoint starting: time')
    .postgresSays('pg-2', 10, 'restartpoint starting: time')
    .until(2400),
)
silent('nobody ships logs', () => demo().metricsOnly().until(2400))
silent('the first twenty minutes', () => demo().withoutPostgresLogs().until(1200))

fires(
  'PostgreSQL is not shipped, until it is',
  () =>
    demo()
      .withoutPostgresLogs()
      .changes(3000, (world) => {
        for (const node of world.nodes.values()) {
          node.postgresLogs = true
          world.postgres(node, 3000, 'checkpoint starting: time')
        }
      })
      .until(4000),
  (told) =>
    told
      .notBefore(1790)
      .firesBy(1810)
      .severityAt(2000, 'info')
      .says(/no PostgreSQL line of pg-1/)
      .stillFiringAt(2999)
      .resolvedBy(3610),
)
fires(
  'REST answers and Patroni writes nothing',
  () => demo().logsVanish(0, 'pg-1').until(2400),
  (told) => told.firesBy(1815).says(/no Patroni line .*INFO/),
)

missing(
  'a member of which nothing was ever read',
  () => demo().logsVanish(0, 'pg-1').metricsVanish(0, 'pg-1').until(2400),
  (told) => told.quietAt(1790),
)
missing(
  'nothing is read of anybody any more: it stays',
  () => demo().logsVanish(0, 'pg-1').logsVanish(2000).metricsVanish(2000).until(3000),
  (told) => told.firesBy(1815).stillFiringAt(3000),
)
