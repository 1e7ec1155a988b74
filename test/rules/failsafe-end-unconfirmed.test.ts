import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('failsafe-end-unconfirmed')

silent('a healthy cluster', () => demo().until(600))
silent('failsafe mode that ends with a heartbeat', () => demo().dcsOutage(100, 200).until(600))
silent('a long outage of which each loop speaks', () => demo().dcsOutage(100, 500).until(700))
silent('the log ends but samples go on', () => demo().dcsOutage(100, 500).logsVanish(120, 'pg-0').until(480))
silent('failsafe mode that a demotion ends', () => demo().dcsOutage(100, 160, { refused: 'pg-2' }).until(400))

fires(
  'silent in failsafe mode for ttl; word of it ends the alert',
  () => demo().logsOnly().dcsOutage(100, 300).logsVanish(125, 'pg-0').logsReturn(400, 'pg-0').until(600),
  (told) => told.notBefore(140).firesBy(170).severityAt(399, 'warning').stillFiringAt(399).resolvedBy(415),
)
fires(
  'it dies in failsafe mode; when it is back it follows another leader',
  () =>
    demo()
      .logsOnly()
      .failsafeThenSilence(100)
      .changes(400, (world) => {
        Object.assign(world.node('pg-0'), { logs: true, role: 'replica', cycle: () => {} })
      })
      .says('pg-0', 401, 'no action. I am (pg-0), a secondary, and following a leader (pg-1)')
      .until(500),
  (told) => told.firesBy(170).stillFiringAt(399).resolvedBy(420),
)
fires(
  'it dies in failsafe mode: until another takes the lock',
  () => demo().logsOnly().dcsOutage(100, 200).logsVanish(130, 'pg-0').elect('pg-1', 240).until(400),
  (told) => told.firesBy(170).stillFiringAt(239).resolvedBy(250).begins(1),
)

missing('failsafe mode was never seen', () =>
  demo().logsVanish(90, 'pg-0').metricsVanish(90, 'pg-0').dcsOutage(100, 300).until(600),
)
missing(
  'nothing is heard of anybody any more: it stays',
  () => demo().failsafeThenSilence(100).logsVanish(300).metricsVanish(300).until(900),
  (told) => told.firesBy(170).stillFiringAt(900).unchangedAfter(170),
)
fires(
  'another one takes the lock: whoever held on without it holds no more',
  () => demo().dcsOutage(100, 190).dies('pg-0', 125).elect('pg-1', 250).until(600),
  (told) => told.notBefore(140).firesBy(190).stillFiringAt(249).resolvedBy(265).begins(1),
)
silent('another one takes the lock at once', () =>
  demo().dcsOutage(100, 130).dies('pg-0', 125).elect('pg-1', 150).until(600),
)
