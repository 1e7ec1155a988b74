import { lsn, MIB } from '../../src/story/node.ts'
import { type ClusterStory, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('data-loss-risk')

/** Patroni compares the position of pg-0 with the history of the new primary, whose fork lies so many MiB behind what pg-0 wrote. */
function compares(story: ClusterStory, t: number, mib: number): ClusterStory {
  return story.changes(t, (world) => {
    const node = world.node('pg-0')
    const written = Math.max(node.written, node.received)
    Object.assign(node, { logs: true })
    world.patroni(node, t, `Local timeline=1 lsn=${lsn(written + 14 * MIB)}`)
    world.patroni(node, t + 0.1, 'primary_timeline=2')
    world.patroni(node, t + 0.2, `primary: history=1\t${lsn(written - mib * MIB)}\tno recovery target specified`)
  })
}

const FORKED = 'new timeline 2 forked off current database system timeline 1 before current recovery point 0/41FDF30'

silent('a healthy cluster', () => demo().until(300))
silent('a switchover', () => compares(demo().switchover('pg-1', 100), 105, 0))
silent('a graceful stop of the leader', () =>
  compares(demo().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 160), 162, 0),
)
silent('a crash: recovery moved the local position, but nothing was lost', () =>
  compares(demo().leaderDies(100, 'pg-1'), 200, -20),
)
silent('restart and copy', () => demo().restart('pg-1', 100).reinit('pg-1', 200, 300))

fires(
  'the dead leader wrote past the fork point: bytes from its last sample; a rewind ends it',
  () => compares(demo().leaderDies(100, 'pg-1'), 200, 30).rewind('pg-0', 300, 320).until(500),
  (told) =>
    told
      .firesBy(205)
      .severityAt(290, 'warning')
      .says(/at least [12]\d MiB/)
      .stillFiringAt(299)
      .resolvedBy(325)
      .begins(1),
)
/** A cluster that has changed its leader before: the row that counts is not the first of the history that Patroni prints. */
function comparesRows(story: ClusterStory, t: number, mib: number, between: string): ClusterStory {
  return story.changes(t, (world) => {
    const node = world.node('pg-0')
    const written = Math.max(node.written, node.received)
    const rows = [
      ['1', '0/1A00000'],
      ['2', '0/1B00000'],
      ['3', lsn(written - mib * MIB)],
    ].map((row) => [...row, 'no recovery target specified'].join(between))
    Object.assign(node, { logs: true })
    world.patroni(node, t, `Local timeline=3 lsn=${lsn(written + 14 * MIB)}`)
    world.patroni(node, t + 0.1, 'primary_timeline=4')
    world.patroni(node, t + 0.2, `primary: history=${rows[0]}`)
    const time = world.records.at(-1)?.time as number
    for (const text of rows.slice(1))
      world.records.push({ time, member: 'pg-0', program: 'patroni', level: 'INFO', text, message: text })
  })
}
for (const [between, how] of [
  ['\t', 'as it is written'],
  ['    ', 'as it is copied from a terminal'],
] as const)
  fires(
    `the fork point stands in a further row of the history, ${how}`,
    () =>
      comparesRows(
        demo().switchover('pg-1', 50).switchover('pg-0', 80).leaderDies(150, 'pg-1'),
        250,
        30,
        between,
      ).until(400),
    (told) =>
      told
        .firesBy(255)
        .says(/at least [12]\d MiB/)
        .begins(1),
  )
fires(
  'PostgreSQL says so: no number',
  () => demo().timelineDiverged('pg-1', 95).postgresSays('pg-1', 100, FORKED).rewind('pg-1', 200, 230).until(400),
  (told) => told.firesBy(105).stillFiringAt(199).resolvedBy(235),
)

missing('nobody is heard', () => demo().logsVanish(50).timelineDiverged('pg-1', 95).postgresSays('pg-1', 100, FORKED))
missing('no samples: the local position proves nothing', () =>
  compares(demo().logsOnly().leaderDies(100, 'pg-1'), 200, 1),
)
missing(
  'nobody is heard any more: it stays',
  () =>
    demo().timelineDiverged('pg-1', 95).postgresSays('pg-1', 100, FORKED).logsVanish(150).metricsVanish(150).until(600),
  (told) => told.firesBy(105).stillFiringAt(600).unchangedAfter(105),
)

fires(
  'it is rewound within two seconds: told all the same',
  () =>
    demo()
      .postgresSays(
        'pg-1',
        100.2,
        'new timeline 2 forked off current database system timeline 1 before current recovery point 0/41FDF30',
      )
      .rewind('pg-1', 100.5, 102)
      .until(400),
  (told) => told.firesBy(105).resolvedBy(120).begins(1),
)
