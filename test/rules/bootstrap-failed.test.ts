import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('bootstrap-failed')

const FAILED = 'Error creating replica using method wal_e: envdir exited with code=1'

silent('a healthy cluster', () => demo().until(300))
silent('a copy that was asked for', () => demo().reinit('pg-1', 100, 900))
silent('a first method that fails while the next one works for a quarter of an hour', () =>
  demo()
    .reinit('pg-1', 100, 1000)
    .says('pg-1', 120, FAILED, 'ERROR')
    .changes(130, (world) => {
      world.node('pg-1').cycle = (t) => world.patroni(world.node('pg-1'), t, "bootstrap from leader 'pg-0' in progress")
    })
    .until(1300),
)
silent('it fails and is complete a minute later', () =>
  demo().says('pg-1', 90, FAILED, 'ERROR').reinit('pg-1', 100, 150),
)

fires(
  'it fails and nothing goes on, until it is copied by hand',
  () =>
    demo()
      .reinit('pg-1', 100, 600)
      .changes(110, (world) => {
        world.node('pg-1').cycle = () => {}
      })
      .says('pg-1', 120, FAILED, 'ERROR')
      .says('pg-1', 121, "failed to bootstrap from leader 'pg-0'", 'ERROR')
      .until(900),
  (told) => told.notBefore(420).firesBy(430).severityAt(500, 'warning').stillFiringAt(599).resolvedBy(615).begins(1),
)

missing('the member is not heard', () => demo().logsVanish(90, 'pg-1').says('pg-1', 120, FAILED, 'ERROR').until(600))
missing(
  'the member is not heard any more: it stays',
  () =>
    demo()
      .reinit('pg-1', 100, 5000)
      .changes(110, (world) => {
        world.node('pg-1').cycle = () => {}
      })
      .says('pg-1', 120, FAILED, 'ERROR')
      .logsVanish(130, 'pg-1')
      .metricsVanish(130, 'pg-1')
      .until(900),
  (told) => told.firesBy(430).stillFiringAt(900),
)
