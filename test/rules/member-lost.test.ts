import { comesBack } from '../comes-back.ts'
import { cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('member-lost')

silent('a healthy cluster', () => demo().until(600))
silent('a member that is still listed', () => demo().logsVanish(100, 'pg-1').metricsVanish(100, 'pg-1').until(600))
silent('an outage of the DCS: everybody is listed as before', () => demo().dcsOutage(100, 300).until(600))
silent('a copy of the database elsewhere, of which Patroni knows nothing, writes under the name of the cluster', () => {
  const story = cluster('demo').replica('pg-1').replica('copy')
  story.changes(0, (world) => {
    Object.assign(world.node('copy'), { patroni: 'down', postgres: 'stopped', metrics: false, listed: null })
  })
  for (const t of [100, 200, 300]) story.postgresSays('copy', t, 'checkpoint starting: time')
  return story.until(400)
})
silent('a restart', () => demo().restart('pg-1', 100))
silent(
  'a graceful stop',
  () => demo().gracefulStop('pg-1', 100).until(600),
  (told) => told.neverPages(),
)
silent(
  'a member that is removed for good',
  () => demo().gracefulStop('pg-1', 100).until(1200),
  (told) => told.neverPages().quietAt(1200),
)
silent(
  'a graceful stop of the leader',
  () => demo().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 250),
  (told) => told.neverPages(),
)

for (const who of ['all', 'replicas'] as const)
  silent(
    `a replica is stopped on purpose while the DCS is away (${who}), and cannot say so there`,
    () =>
      demo()
        .dcsOutage(100, 200, { who })
        .gracefulStop('pg-1', 130)
        .changes(130, (world) => {
          world.node('pg-1').listed = 'running'
        })
        .says('pg-1', 133, 'Error communicating with DCS', 'ERROR')
        .until(600),
    (told) => told.neverPages(),
  )
silent(
  'all members are stopped on purpose, the leader last',
  () => demo().gracefulStop('pg-1', 100).gracefulStop('pg-2', 104).gracefulStop('pg-0', 108).until(600),
  (told) => told.neverPages(),
)
silent('nobody answers any more, while the logs go on', () => demo().polledInVain(100).until(600))
silent('all logs end, and nobody is polled any more', () => demo().logsVanish(100).metricsVanish(100).until(600))
silent('all members are away for less than ttl', () =>
  demo().powerFails(100).start('pg-0', 120).start('pg-1', 122).start('pg-2', 122).until(600),
)

fires(
  'a replica dies; it comes back',
  () => demo().dies('pg-1', 100).start('pg-1', 400).until(600),
  (told) => told.notBefore(130).firesBy(200).severityAt(390, 'warning').stillFiringAt(399).resolvedBy(415),
)
fires(
  'a replica dies soon after a restart that was asked for: that is no excuse',
  () => demo().restart('pg-1', 80).dies('pg-1', 100).until(400),
  (told) => told.firesBy(200).severityAt(390, 'warning'),
)
fires(
  'the node of a replica is isolated: its log goes on, and says that it reaches nobody',
  () => demo().isolated('pg-1', 100, 400).until(600),
  (told) => told.notBefore(130).firesBy(175).severityAt(390, 'warning').stillFiringAt(399).resolvedBy(425),
)
fires(
  'all members die at once: nobody is left to miss them, and the polls say that nobody answers',
  () => demo().powerFails(100).start('pg-0', 400).start('pg-1', 430).start('pg-2', 402).until(600),
  (told) => told.notBefore(148).firesBy(160).severityAt(390, 'warning').stillFiringAt(425).resolvedBy(460),
)
fires(
  'the same where nobody lists members: word of them ends it',
  () => demo().withoutViews().powerFails(100).start('pg-0', 400).start('pg-1', 430).start('pg-2', 402).until(600),
  (told) => told.firesBy(170).stillFiringAt(425).resolvedBy(460),
)
fires(
  'it is gone when nothing was heard of it for as long as configured',
  () => demo().configured({ forgetAfter: 1_800_000 }).dies('pg-1', 100).until(2400),
  (told) => told.firesBy(200).stillFiringAt(1800).quietAt(1910),
)

missing('nobody lists members', () => demo().withoutViews().dies('pg-1', 100).until(600))
missing(
  'all inputs vanish while it fires: it stays',
  () => demo().dies('pg-1', 100).logsVanish(250).metricsVanish(250).until(600),
  (told) => told.firesBy(200).stillFiringAt(600).unchangedAfter(250),
)

fires(
  'a node that is cut off says so itself',
  () => demo().isolated('pg-1', 100, 300).until(600),
  (told) =>
    told
      .firesBy(170)
      .says(/pg-1 is cut off since/)
      .resolvedBy(310),
)
fires(
  'read every minute: two readings have to be missing',
  () => demo().metricsOnly().sampledEvery(60).dies('pg-1', 100).until(700),
  (told) => told.notBefore(180).firesBy(225),
)
fires(
  'a member that reached no DCS dies: what it said last is no word of now',
  () =>
    comesBack(demo().dcsOutage(100, 160, { failsafe: false }).dies('pg-0', 125).elect('pg-1', 200), 'pg-0', 399).until(
      600,
    ),
  (told) =>
    told
      .says(/nothing is heard of pg-0/)
      .stillFiringAt(398)
      .resolvedBy(410)
      .begins(1),
)
fires(
  'the leader is cut off and its demotion hangs: only its client of the DCS goes on complaining',
  () => {
    let story = demo()
      .dcsOutage(100, 400, { failsafe: false, who: 'leader' })
      .changes(112, (world) => {
        world.node('pg-0').cycle = () => {}
        world.node('pg-0').listed = null
      })
    for (let t = 112; t < 300; t += 3)
      story = story.says('pg-0', t, "KVCache.run EtcdConnectionFailed('No more machines in the cluster')", 'ERROR')
    return story.metricsVanish(105, 'pg-0').elect('pg-1', 130).until(300)
  },
  (told) =>
    told
      .firesBy(200)
      .says(/pg-0 is cut off since/)
      .stillFiringAt(299),
)
