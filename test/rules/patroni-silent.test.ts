import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('patroni-silent')

const KILLED = 'patroni.service: Main process exited, code=killed, status=11/SEGV'

silent('a healthy cluster', () => demo().until(600))
silent('a graceful stop', () => demo().gracefulStop('pg-1', 100).until(600))
silent('a graceful stop of the leader', () => demo().gracefulStop('pg-0', 100, 'pg-1').until(600))
silent('the operator deletes the pod of the leader, and no line of PostgreSQL is here', () =>
  demo().logsOnly().withoutPostgresLogs().recreatePod('pg-0', 100, 300).until(500),
)
silent('a restart', () => demo().restart('pg-1', 100))
for (const interval of [5, 10, 30, 60])
  silent(
    `only its log is missing: its REST API answers, each ${interval} s`,
    () => demo().sampledEvery(interval).logsVanish(300, 'pg-1').until(900),
    (told) => told.neverFires().neverShows('pg-1', 'patroni', 'silent'),
  )
/** The log of pg-1 is missing from 300 on, and its REST API does not answer from 435 to `until`. */
function unread(interval: number, until: number) {
  return demo()
    .sampledEvery(interval)
    .logsVanish(300, 'pg-1')
    .changes(435, (world) => {
      world.node('pg-1').answers = false
    })
    .changes(until, (world) => {
      world.node('pg-1').answers = true
    })
    .until(900)
}
for (const interval of [10, 30, 60])
  silent(`only its log is missing, and one of its answers, each ${interval} s, is lost`, () =>
    unread(interval, 435 + interval),
  )
silent('de-duplicated heartbeats: silence is normal', () =>
  demo()
    .changes(5, (world) => {
      for (const node of world.nodes.values()) node.cycle = () => {}
    })
    .until(600),
)
silent('everybody falls silent at once: our own input died', () => demo().logsVanish(100).metricsVanish(100).until(600))
silent('its process is killed, and systemd starts it again at once', () =>
  demo().says('pg-1', 100, KILLED, 'WARNING').until(400),
)
silent('it was stopped, and the host says so', () =>
  demo()
    .says('pg-1', 99, 'Stopping Runners to orchestrate a high-availability PostgreSQL...')
    .gracefulStop('pg-1', 100)
    .says('pg-1', 104, 'Stopped Runners to orchestrate a high-availability PostgreSQL.')
    .until(400),
)
silent('pause', () => demo().pause(50).patroniDies('pg-1', 100).until(400))

fires(
  'its log is missing for long, and then its REST API does not answer any more',
  () => unread(30, 900),
  (told) => told.notBefore(450).firesBy(525).stillFiringAt(899).begins(1),
)
fires(
  'Patroni of a replica dies, its PostgreSQL goes on',
  () => demo().patroniDies('pg-1', 100).patroniReturns('pg-1', 400).until(600),
  (told) => told.notBefore(115).firesBy(165).severityAt(390, 'warning').stillFiringAt(399).resolvedBy(415),
)
fires(
  'de-duplicated heartbeats: its REST API fails, from then on',
  () =>
    demo()
      .changes(5, (world) => {
        for (const node of world.nodes.values()) node.cycle = () => {}
      })
      .patroniDies('pg-1', 200)
      .until(400),
  (told) => told.notBefore(215).firesBy(255).stillFiringAt(400),
)
fires(
  'soon after a restart that was asked for: that is no excuse',
  () => demo().timings(5, 20).sampledEvery(5).restart('pg-1', 80).patroniDies('pg-1', 102).until(300),
  (told) => told.notBefore(110).firesBy(140).stillFiringAt(300),
)
fires(
  'Patroni of the leader dies: critical, from logs alone',
  () => demo().logsOnly().patroniDies('pg-0', 100).until(400),
  (told) => told.notBefore(130).firesBy(165).severityAt(300, 'critical'),
)

fires(
  'Patroni of the leader is killed, and nothing starts it again: from the line that says so',
  () => demo().logsOnly().says('pg-0', 100, KILLED, 'WARNING').patroniDies('pg-0', 100.1).until(400),
  (told) => told.notBefore(130).firesBy(150).severityAt(300, 'critical'),
)

fires(
  'at log level WARNING: until its REST API answers, also where it wrote something just then',
  () =>
    demo()
      .atLevelWarning()
      .says('pg-1', 20, 'Loop time exceeded, rescheduling immediately.', 'WARNING')
      .patroniDies('pg-1', 100)
      .patroniReturns('pg-1', 200)
      .says(
        'pg-1',
        200.2,
        'Failed to determine PostgreSQL state from the connection, falling back to cached role',
        'WARNING',
      )
      .until(400),
  (told) => told.firesBy(150).stillFiringAt(199).resolvedBy(225).begins(1),
)

missing('it was never heard', () =>
  demo().logsVanish(0, 'pg-1').metricsVanish(0, 'pg-1').patroniDies('pg-1', 100).until(400),
)
missing(
  'all inputs vanish while it fires: it stays',
  () => demo().patroniDies('pg-1', 100).logsVanish(250).metricsVanish(250).until(600),
  (told) => told.firesBy(165).stillFiringAt(600).unchangedAfter(250),
)
