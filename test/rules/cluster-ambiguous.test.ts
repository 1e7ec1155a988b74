import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('cluster-ambiguous')

silent('a healthy cluster', () => demo().until(600))
silent('no samples', () => demo().logsOnly().until(300))
silent('a switchover', () => demo().switchover('pg-1', 100))
for (const interval of [1, 10, 30])
  silent(`a major upgrade: all are stopped, one comes back with a new database; read every ${interval} s`, () =>
    demo()
      .sampledEvery(interval)
      .gracefulStop('pg-1', 100)
      .gracefulStop('pg-2', 105)
      .gracefulStop('pg-0', 110)
      .otherDatabase('pg-0', 200)
      .start('pg-0', 200)
      .until(900),
  )

fires(
  'a member of another database under the same name',
  () =>
    demo()
      .otherDatabase('pg-2', 100)
      .changes(400, (world) => {
        world.node('pg-2').systemId = world.node('pg-0').systemId
      })
      .until(600),
  (told) => told.notBefore(100).firesBy(115).severityAt(300, 'warning').stillFiringAt(399).resolvedBy(415),
)

fires(
  'Patroni refuses to start on the data of another cluster, until it is given its own',
  () =>
    demo()
      .gracefulStop('pg-1', 90)
      .changes(100, (world) => {
        const told =
          'system ID mismatch, node pg-1 belongs to a different cluster: 7712591336820665521 != 7712591604238581483'
        world.patroni(world.node('pg-1'), 100, told, 'ERROR')
      })
      .start('pg-1', 300)
      .until(600),
  (told) =>
    told
      .notBefore(100)
      .firesBy(110)
      .says(/Patroni of pg-1 does not run/)
      .stillFiringAt(299)
      .resolvedBy(330),
)

missing('one member gives samples', () =>
  demo().metricsVanish(0, 'pg-1').metricsVanish(0, 'pg-0').otherDatabase('pg-2', 100).until(300),
)
missing(
  'samples vanish while it fires: it stays',
  () => demo().otherDatabase('pg-2', 100).metricsVanish(200).until(600),
  (told) => told.firesBy(115).stillFiringAt(600).unchangedAfter(200),
)

fires(
  'two of three members are read',
  () => demo().metricsVanish(50, 'pg-2').otherDatabase('pg-1', 100).until(300),
  (told) => told.firesBy(125).says(/2 different databases/),
)
missing('only one member is read', () =>
  demo().metricsVanish(0, 'pg-1').metricsVanish(0, 'pg-2').otherDatabase('pg-0', 100).until(300),
)
