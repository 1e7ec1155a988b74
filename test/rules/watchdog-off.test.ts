import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('watchdog-off')

const REQUIRED = 'Configuration requires watchdog, but watchdog could not be activated'

silent('a healthy cluster', () => demo().until(600))
silent('automatic mode: a device that cannot be opened is remarked upon', () =>
  demo()
    .says('pg-0', 100, 'Could not activate Linux watchdog device: [Errno 2] No such file or directory', 'WARNING')
    .switchover('pg-1', 200),
)
silent('it is activated', () =>
  demo().says('pg-0', 100, 'Linux watchdog device activated with 25 second timeout, timing slack 15 seconds'),
)
silent('a pause and a restart', () => demo().pause(100).restart('pg-1', 150).resume(250))

fires(
  'required and not to be had, until it is',
  () =>
    demo()
      .says('pg-0', 100, REQUIRED, 'ERROR')
      .says('pg-0', 300, 'Linux watchdog device activated with 25 second timeout, timing slack 15 seconds')
      .until(500),
  (told) => told.notBefore(100).firesBy(110).severityAt(200, 'critical').stillFiringAt(299).resolvedBy(310).begins(1),
)

missing('the member is not heard', () => demo().logsVanish(90, 'pg-0').says('pg-0', 100, REQUIRED, 'ERROR'))
missing(
  'the member is not heard any more: it stays',
  () => demo().says('pg-0', 100, REQUIRED, 'ERROR').logsVanish(150).metricsVanish(150).until(600),
  (told) => told.firesBy(110).stillFiringAt(600).unchangedAfter(110),
)
