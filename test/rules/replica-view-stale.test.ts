import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('replica-view-stale')

silent('a replica was frozen while another member took the lock: it wakes with its old view, for a moment', () =>
  demo()
    .logsOnly()
    .logsVanish(100, 'pg-2')
    .leaderDies(105, 'pg-1')
    .logsReturn(204, 'pg-2')
    .says('pg-2', 204.5, 'Lock owner: pg-0; I am pg-2')
    .until(300),
)
silent('a healthy cluster', () => demo().until(600))
silent('one lost race right after an election', () => demo().leaderDies(100, 'pg-1').losesRace('pg-2', 131))
silent('a switchover', () => demo().switchover('pg-1', 100))
silent('an outage of the DCS for all', () => demo().dcsOutage(100, 200))
silent('the leader died and nobody leads: no leader confirms anything', () => demo().leaderDiesForGood(100).until(400))
for (const seconds of [-8, -12])
  silent(`its clock is ${-seconds} s behind: it names the new leader before the old one has said its last`, () =>
    demo().sampledEvery(1).clockAhead('pg-1', seconds).gracefulStop('pg-0', 103, 'pg-2'),
  )
silent('the leader was down for minutes and leads again: it has confirmed that for no longer than since then', () =>
  demo()
    .leaderDiesForGood(100)
    .logsReturn(249, 'pg-0')
    .says('pg-0', 250, 'promoted self to leader by acquiring session lock')
    .says('pg-0', 252, 'no action. I am (pg-0), the leader with the lock')
    .says('pg-1', 256, 'no action. I am (pg-1), a secondary, and following a leader (pg-0)')
    .says('pg-2', 256, 'no action. I am (pg-2), a secondary, and following a leader (pg-0)')
    .until(259),
)
silent('after a long time without a leader another member takes the lock while no line of the replica arrives', () => {
  const story = demo()
    .logsOnly()
    .leaderDiesForGood(100)
    .logsVanish(165, 'pg-2')
    .changes(168, (world) => Object.assign(world.node('pg-1'), { patroni: 'down' }))
    .says('pg-1', 170, 'promoted self to leader by acquiring session lock')
  for (let t = 172; t < 400; t += 10) story.says('pg-1', t, 'no action. I am (pg-1), the leader with the lock')
  return story.changes(225, (world) => {
    Object.assign(world.node('pg-2'), { logs: true, view: 'pg-1', unlocked: false, cycle: null })
  })
})
fires(
  'both led, the lines by which pg-1 gave up are missing, and a third one goes on naming it',
  () => {
    const story = demo().logsOnly().twoPrimaries(100, 'pg-1')
    story.changes(135, (world) => {
      Object.assign(world.node('pg-0'), { patroni: 'up', lock: true, beat: 136 })
    })
    story.changes(220, (world) =>
      Object.assign(world.node('pg-1'), { role: 'replica', conninfo: 'pg-0', lock: false, view: 'pg-0', beat: 221 }),
    )
    return story.logsVanish(200, 'pg-1').logsReturn(300, 'pg-1').until(600)
  },
  (told) => told.firesBy(345).stillFiringAt(599).begins(1),
)
fires(
  'it names another, by logs alone, and nothing else happens',
  () => demo().logsOnly().names('pg-2', 'pg-1', 233).names('pg-2', 'pg-0', 400).until(600),
  (told) => told.firesBy(265).stillFiringAt(399).resolvedBy(415).begins(1),
)
fires(
  'in a pause all the same: it mutes rules of roles and processes only',
  () => demo().pause(50).names('pg-1', 'pg-2', 100).until(300),
  (told) => told.firesBy(140),
)

fires(
  'it races each loop while the leader confirms its lock; shown under its cause',
  () => demo().logsOnly().staleView('pg-1', 100).freshView('pg-1', 400).until(600),
  (told) =>
    told
      .shows('pg-1', 'lockView', 'none', 100, 125)
      .notBefore(110)
      .firesBy(150)
      .severityAt(390, 'warning')
      .inhibitedBy('replica-without-upstream')
      .stillFiringAt(399)
      .resolvedBy(430),
)
fires(
  'it goes on naming the old leader after an election',
  () => demo().leaderDies(100, 'pg-1').names('pg-2', 'pg-0', 140).names('pg-2', 'pg-1', 400).until(600),
  (told) =>
    told
      .notBefore(150)
      .firesBy(200)
      .says(/names pg-0/)
      .stillFiringAt(399)
      .resolvedBy(430),
)

missing('the leader is not heard', () => demo().logsVanish(50, 'pg-0').staleView('pg-1', 100).until(400))
missing(
  'the replica falls silent while it fires',
  () => demo().staleView('pg-1', 100).logsVanish(200, 'pg-1').metricsVanish(200, 'pg-1').until(600),
  (told) => told.firesBy(150).stillFiringAt(600).begins(1).inhibitedByNobodyAt(300),
)
