import { comesBack } from '../comes-back.ts'
import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('dcs-unreachable')

silent('a healthy cluster', () => demo().until(600))
silent('one failed cycle', () => demo().dcsOutage(98, 106).until(400))
silent('single failed requests', () =>
  demo().says('pg-0', 100, 'Request to server http://10.0.0.9:2379 failed: ReadTimeoutError()', 'ERROR').until(300),
)
silent('only replicas lose the DCS', () => demo().dcsOutage(100, 200, { who: 'replicas' }))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('a dead leader that comes back as a secondary, and cannot reach the DCS', () => {
  const story = demo().logsOnly().leaderDies(100, 'pg-1')
  story.changes(199, (world) => Object.assign(world.node('pg-0'), { logs: true }))
  story.says('pg-0', 200, 'Lock owner: pg-1; I am pg-0').says('pg-0', 201, 'starting as a secondary')
  for (let t = 210; t < 260; t += 5)
    story.says('pg-0', t, 'Error communicating with DCS', 'ERROR').says('pg-0', t + 0.1, 'DCS is not accessible')
  return story.until(400)
})
silent('at log level WARNING, where one error is all that is said', () =>
  demo().atLevelWarning().logsOnly().dcsOutage(100, 104).until(400),
)
silent('a member that was cut off becomes the primary, and its lines since are missing', () =>
  demo()
    .version('2.0.2')
    .dcsOutage(100, 150, { who: 'replicas' })
    .logsVanish(120, 'pg-1')
    .leaderDies(160, 'pg-1')
    .until(400),
)

fires(
  'the leader says so for more than a loop, until a cycle succeeds',
  () => demo().dcsOutage(100, 200).until(400),
  (told) => told.notBefore(110).firesBy(130).severityAt(190, 'warning').stillFiringAt(199).resolvedBy(215).begins(1),
)
fires(
  'members go on reading their caches, as on Kubernetes when the API server hangs, and call that having seen the DCS',
  () => {
    const story = demo().sampledEvery(1).dcsOutage(100, 200, { failsafe: false })
    for (let t = 101; t < 200; t += 4)
      story.changes(t, ({ nodes }) => {
        for (const node of nodes.values()) node.dcsSeen = t
      })
    return story.until(400)
  },
  (told) => told.firesBy(130).stillFiringAt(199).resolvedBy(215).begins(1),
)
fires(
  'a member refused its failsafe call',
  () => demo().dcsOutage(100, 200, { refused: 'pg-2' }).until(400),
  (told) => told.firesBy(130).severityAt(150, 'critical').resolvedBy(225),
)
fires(
  'the leader dies meanwhile: until another one holds the lock',
  () => demo().dcsOutage(100, 160, { failsafe: false }).dies('pg-0', 125).elect('pg-1', 200).until(400),
  (told) => told.firesBy(130).stillFiringAt(199).resolvedBy(210).begins(1),
)
fires(
  'the leader dies meanwhile and comes back: what it said before another one took the lock is no word of now',
  () => comesBack(demo().dcsOutage(100, 160).dies('pg-0', 125).elect('pg-1', 200), 'pg-0', 299).until(400),
  (told) => told.firesBy(130).resolvedBy(210).begins(1),
)
fires(
  'only the leader loses it',
  () => demo().logsOnly().dcsOutage(100, 200, { who: 'leader' }).until(400),
  (told) => told.notBefore(110).firesBy(130).resolvedBy(215),
)
fires(
  'at log level WARNING',
  () => demo().atLevelWarning().dcsOutage(100, 250).until(400),
  (told) => told.firesBy(130).stillFiringAt(249),
)
fires(
  'on Kubernetes the leader in failsafe mode reads its cache: that it saw the DCS is no proof',
  () =>
    demo()
      .sampledEvery(1)
      .dcsOutage(100, 200)
      .changes(101, (world) => {
        world.node('pg-0').dcs = true
      })
      .changes(199, (world) => {
        world.node('pg-0').dcs = false
      })
      .until(400),
  (told) => told.notBefore(110).firesBy(130).stillFiringAt(199).resolvedBy(215).begins(1),
)

missing('the leader is not heard', () => demo().logsVanish(50, 'pg-0').dcsOutage(100, 200).until(400))
missing(
  'the leader falls silent meanwhile: it stays',
  () => demo().failsafeThenSilence(100).until(600),
  (told) => told.firesBy(130).stillFiringAt(600).unchangedAfter(130),
)

silent('said once, at log level WARNING: no heartbeat would tell the end', () =>
  demo().logsOnly().atLevelWarning().says('pg-0', 100, 'Error communicating with DCS', 'ERROR').until(400),
)
fires(
  'at log level WARNING its end shows in samples only',
  () => demo().atLevelWarning().dcsOutage(100, 145).until(400),
  (told) => told.firesBy(115).stillFiringAt(144).resolvedBy(165).begins(1),
)
