import { cluster, demo, stories } from '../story.ts'

type Demo = ReturnType<typeof demo>

const { silent, fires, missing } = stories('two-leaders')

/** What a copy that was restored writes. */
const COPY = [
  [100, 'redo starts at 0/2000028'],
  [101, 'selected new timeline ID: 7'],
  [102, 'archive recovery complete'],
  [103, 'database system is ready to accept connections'],
] as const

/** PostgreSQL makes checkpoints, each 150 s. */
function checkpoints(story: Demo, member: string, from: number, to: number): Demo {
  for (let t = from; t < to; t += 150) story.postgresSays(member, t, 'checkpoint starting: time')
  return story
}

/** It has become a replica of another one, of which no line tells. */
function becomesReplica(story: Demo, member: string, leader: string, t: number): Demo {
  const postgres = { role: 'replica', postgres: 'running', conninfo: leader } as const
  return story.changes(t, (world) =>
    Object.assign(world.node(member), { ...postgres, patroni: 'up', lock: false, view: leader, beat: t + 1 }),
  )
}

/** `pg_ctl promote` on a replica of a paused cluster; its Patroni has no lock and lets it run. Resumed, it demotes it. */
function promotedByHand(story: Demo, from: number, to: number, without = 'primary'): Demo {
  const promoted = story
    .pause(from - 50)
    .postgresSays('pg-1', from, 'received promote request')
    .postgresSays('pg-1', from, 'selected new timeline ID: 2')
    .postgresSays('pg-1', from + 0.1, 'database system is ready to accept connections')
    .changes(from, (world) => {
      const node = world.node('pg-1')
      const cycle = (now: number) => world.patroni(node, now, `PAUSE: continue to run as ${without} without lock`)
      Object.assign(node, { role: 'primary', timeline: 2, written: node.received, conninfo: null, cycle })
    })
    .resume(to)
    .says('pg-1', to, 'Demoting self (immediate-nolock)')
    .postgresSays('pg-1', to + 0.1, 'received immediate shutdown request')
    .changes(to, (world) => {
      world.node('pg-1').cycle = null
    })
  return becomesReplica(promoted, 'pg-1', 'pg-0', to + 5)
}

silent('a healthy cluster', () => demo().until(600))
silent('the leader is stopped while nobody ships its log, between two polls of it: the others list it as stopped', () =>
  demo().sampledEvery(30).logsVanish(268, 'pg-0').gracefulStop('pg-0', 330, 'pg-1').start('pg-0', 400).until(600),
)
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('a switchover read every second', () => demo().sampledEvery(1).switchover('pg-1', 100))
silent('a switchover and back', () => demo().switchover('pg-1', 100).switchover('pg-0', 200))
for (const seconds of [-28, -8, 8, 28])
  for (const member of ['pg-0', 'pg-1'])
    silent(`a switchover; the clock of ${member} is ${seconds} s ahead`, () =>
      demo().sampledEvery(5).clockAhead(member, seconds).switchover('pg-1', 100).until(300),
    )
silent('a graceful stop of the leader whose clock is 28 s ahead', () =>
  demo().sampledEvery(5).clockAhead('pg-0', 28).gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 160).until(300),
)
silent('the leader dies, another follows', () => demo().leaderDies(100, 'pg-1'))
silent('the lock is refused', () => demo().lockRefused(100, 30, 'pg-1'))
silent('the leader is stopped gracefully and comes back', () =>
  demo().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 160),
)
for (const seconds of [5, 15, 30, 60])
  silent(`the host of the leader dies; read every ${seconds} s: WAL of before arrives in the same interval`, () =>
    demo().sampledEvery(seconds).leaderDies(108, 'pg-1').until(400),
  )
silent('at log level WARNING, a minute after the last line of the old leader: its readings went on', () =>
  demo()
    .atLevelWarning()
    .says('pg-0', 20, 'Loop time exceeded, rescheduling immediately.', 'WARNING')
    .withoutPostgresLogs()
    .gracefulStop('pg-0', 100, 'pg-1')
    .until(300),
)

for (const [name, change] of Object.entries({
  'the host of the leader dies right after': (world: Demo) => world.leaderDies(100, 'pg-1'),
  'a switchover follows': (world: Demo) => world.switchover('pg-1', 101),
  'a graceful stop follows': (world: Demo) => world.gracefulStop('pg-0', 101, 'pg-1').start('pg-0', 160),
  'the lock is refused': (world: Demo) => world.lockRefused(101, 30, 'pg-1'),
}))
  silent(`by logs alone, a checkpoint was due; ${name}`, () =>
    change(demo().logsOnly().postgresSays('pg-0', 99, 'checkpoint starting: time')).until(400),
  )
silent('by logs alone, checkpoints that somebody asks for, of a demoted leader too', () =>
  demo()
    .logsOnly()
    .switchover('pg-1', 100)
    .postgresSays('pg-0', 103, 'checkpoint starting: shutdown immediate')
    .postgresSays('pg-0', 160, 'checkpoint starting: end-of-recovery immediate wait')
    .postgresSays('pg-0', 200, 'restartpoint starting: time')
    .until(400),
)
silent('by logs alone, the host of a replica has another PostgreSQL, which makes checkpoints', () =>
  demo()
    .logsOnly()
    .postgresSays('pg-2', 50, 'checkpoint starting: time')
    .switchover('pg-1', 100)
    .postgresSays('pg-2', 350, 'checkpoint starting: time')
    .until(500),
)
for (const [name, lines] of Object.entries({
  'is started': ['database system is ready to accept connections'],
  'is promoted': ['received promote request', 'selected new timeline ID: 7', 'archive recovery complete'],
}))
  silent(`another PostgreSQL on the host of a replica ${name}, and the primary makes checkpoints`, () => {
    const story = demo().logsOnly()
    for (const line of lines) story.postgresSays('pg-2', 100, line)
    return checkpoints(story, 'pg-0', 200, 700).until(800)
  })
silent('a copy of the database elsewhere, which writes under the name of the cluster and knows no Patroni', () => {
  const story = cluster('demo').replica('pg-1').replica('copy')
  story.changes(0, (world) => {
    Object.assign(world.node('copy'), { patroni: 'down', postgres: 'stopped', metrics: false, listed: null })
  })
  for (const [t, line] of COPY) story.postgresSays('copy', t, line)
  return story.until(400)
})
silent('by logs alone, clocks that differ by more than ttl: the leader dies after a checkpoint', () =>
  demo()
    .timings(5, 20)
    .logsOnly()
    .clockAhead('pg-1', -28)
    .postgresSays('pg-0', 99, 'checkpoint starting: time')
    .leaderDies(100, 'pg-1')
    .until(400),
)
silent('by logs alone, checkpoints of who was promoted again; the ends of both times are missing', () =>
  demo()
    .logsOnly()
    .logsVanish(95, 'pg-0')
    .switchover('pg-1', 100)
    .logsReturn(150, 'pg-0')
    .logsVanish(195, 'pg-1')
    .switchover('pg-0', 200)
    .logsReturn(250, 'pg-1')
    .postgresSays('pg-0', 300, 'checkpoint starting: time')
    .until(400),
)
fires(
  'by logs alone: PostgreSQL of a leader whose Patroni hangs makes the checkpoint that is due',
  () =>
    demo()
      .logsOnly()
      .twoPrimaries(100, 'pg-1')
      .postgresSays('pg-0', 250, 'checkpoint starting: time')
      .wakesAndDemotes('pg-0', 300)
      .until(500),
  (told) =>
    told
      .notBefore(250)
      .firesBy(270)
      .says(/makes checkpoints as a running primary/)
      .stillFiringAt(299)
      .resolvedBy(325)
      .begins(1),
)

fires(
  'Patroni of the leader freezes, PostgreSQL runs on: two primaries, measured',
  () =>
    demo()
      .twoPrimaries(100, 'pg-1')
      .changes(140, (world) => {
        world.node('pg-0').patroni = 'up' // its REST answers again, its HA loop hangs
        world.node('pg-0').cycle = () => {}
      })
      .wakesAndDemotes('pg-0', 300)
      .until(500),
  (told) => told.notBefore(130).firesBy(160).severityAt(290, 'critical').stillFiringAt(299).resolvedBy(325).begins(1),
)
fires(
  'probable: it fell silent without a demotion and its WAL still arrived',
  () => demo().twoPrimaries(100, 'pg-1').wakesAndDemotes('pg-0', 300).until(500),
  (told) =>
    told
      .notBefore(130)
      .firesBy(160)
      .says(/probably/)
      .stillFiringAt(299)
      .resolvedBy(325),
)
for (const without of ['primary', 'master'])
  fires(
    `by logs alone: a replica of a paused cluster is promoted by hand, and runs as ${without} without the lock`,
    () => promotedByHand(demo().logsOnly(), 100, 300, without).until(400),
    (told) => told.notBefore(100).firesBy(125).stillFiringAt(299).resolvedBy(310).begins(1),
  )
for (const interval of [1, 10, 30])
  fires(
    `by readings alone, each ${interval} s: a replica of a paused cluster is promoted by hand, and demoted later`,
    () => promotedByHand(demo().metricsOnly().sampledEvery(interval), 100, 300).until(500),
    (told) =>
      told
        .notBefore(100)
        .firesBy(110 + 2 * interval)
        .stillFiringAt(299)
        .resolvedBy(310 + 2 * interval)
        .begins(1),
  )
fires(
  'both confirm that they lead',
  () =>
    demo()
      .logsOnly()
      .twoPrimaries(100, 'pg-1')
      .changes(135, (world) => {
        Object.assign(world.node('pg-0'), { patroni: 'up', lock: true, beat: 136 })
      })
      .until(300),
  (told) =>
    told
      .notBefore(130)
      .firesBy(160)
      .says(/confirms that it leads/),
)
for (const [member, leader] of [
  ['pg-0', 'pg-1'],
  ['pg-1', 'pg-0'],
] as const)
  fires(
    `both lead; the lines by which ${member} gave up are missing, and it follows since`,
    () => {
      const story = demo().logsOnly().twoPrimaries(100, 'pg-1')
      story.changes(135, (world) => {
        Object.assign(world.node('pg-0'), { patroni: 'up', lock: true, beat: 136 })
      })
      return becomesReplica(story.logsVanish(200, member), member, leader, 220).logsReturn(300, member).until(600)
    },
    (told) => told.firesBy(160).stillFiringAt(299).resolvedBy(315).begins(1),
  )

missing('the old leader is neither heard nor measured, and nothing of it arrived', () =>
  demo()
    .logsVanish(90, 'pg-0')
    .metricsVanish(90, 'pg-0')
    .freeze('pg-1', 80)
    .freeze('pg-2', 80)
    .twoPrimaries(100, 'pg-1')
    .until(400),
)
missing(
  'all inputs vanish while it fires: it stays',
  () => demo().twoPrimaries(100, 'pg-1').logsVanish(200).metricsVanish(200).until(600),
  (told) => told.firesBy(160).stillFiringAt(600).unchangedAfter(200),
)
fires(
  'the older one is heard no more: it ends with the member, not green',
  () =>
    demo()
      .sampledEvery(60)
      .configured({ forgetAfter: 3_600_000 })
      .twoPrimaries(100, 'pg-1')
      .logsVanish(300, 'pg-0')
      .metricsVanish(300, 'pg-0')
      .until(4500),
  (told) => told.firesBy(160).stillFiringAt(3600).quietAt(3800).begins(1),
)
