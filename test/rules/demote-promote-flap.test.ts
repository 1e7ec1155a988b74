import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('demote-promote-flap')
const DAY = 86_400

silent('a healthy cluster', () => demo().until(600))
silent('switchovers there and back, all day', () =>
  demo()
    .switchover('pg-1', 100)
    .switchover('pg-0', 300)
    .switchover('pg-1', 500)
    .switchover('pg-0', 700)
    .switchover('pg-1', 900)
    .switchover('pg-0', 1100),
)
silent('two comebacks', () => demo().lockRefused(100, 8).lockRefused(400, 8))
silent('restarts of the leader', () => demo().restart('pg-0', 100).restart('pg-0', 300).restart('pg-0', 500))
silent('graceful stops', () =>
  demo()
    .gracefulStop('pg-0', 100, 'pg-1')
    .start('pg-0', 160)
    .switchover('pg-0', 400)
    .gracefulStop('pg-0', 600, 'pg-1')
    .start('pg-0', 660),
)

fires(
  'three comebacks within the hour; a day without ends it',
  () =>
    demo()
      .sampledEvery(600)
      .changes(0, (world) => {
        world.settings.loopWait = 300
      })
      .lockRefused(1000, 8)
      .lockRefused(2000, 8)
      .lockRefused(3000, 8)
      .until(DAY + 4000),
  (told) =>
    told
      .notBefore(3000)
      .firesBy(3020)
      .severityAt(4000, 'warning')
      .stillFiringAt(DAY + 2990)
      .resolvedBy(DAY + 3300)
      .begins(1),
)

missing('the member is not heard', () =>
  demo().logsVanish(50, 'pg-0').lockRefused(100, 8).lockRefused(400, 8).lockRefused(700, 8),
)
missing(
  'nobody is heard any more while it fires: it stays',
  () =>
    demo().lockRefused(100, 8).lockRefused(300, 8).lockRefused(500, 8).logsVanish(600).metricsVanish(600).until(2000),
  (told) => told.firesBy(520).stillFiringAt(2000),
)
