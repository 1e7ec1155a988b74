import { type ClusterStory, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('slot-missing')

function lacks(story: ClusterStory, from: number, to: number, slot = 'pg_1'): ClusterStory {
  for (let t = from; t < to; t += 5) {
    story.postgresSays('pg-0', t, `replication slot "${slot}" does not exist`)
    story.postgresSays(
      'pg-1',
      t + 0.01,
      `could not start WAL streaming: ERROR:  replication slot "${slot}" does not exist`,
    )
  }
  return story
}

silent('a healthy cluster', () => demo().until(300))
silent('a switchover, with the slot missing for the first loop', () => lacks(demo().switchover('pg-0', 100), 103, 112))
silent('a restart, with the slot missing for two loops', () => lacks(demo().restart('pg-1', 100), 103, 121))
silent('it is missing for fifteen seconds', () => lacks(demo(), 100, 116))
silent('once, and once more an hour later', () => lacks(lacks(demo(), 100, 101), 700, 701))

fires(
  'it is missing for two minutes; streaming ends it',
  () => lacks(demo().breakConnection('pg-1', 99), 100, 220).stream('pg-1', 230).until(500),
  (told) =>
    told
      .notBefore(120)
      .firesBy(130)
      .severityAt(200, 'warning')
      .says(/pg_1/)
      .stillFiringAt(229)
      .resolvedBy(245)
      .begins(1),
)
fires(
  'it was missing in the first loop, then streamed for a minute: that is no part of it',
  () => lacks(lacks(demo(), 5, 6).stream('pg-1', 7).breakConnection('pg-1', 59), 60, 130).until(200),
  (told) => told.notBefore(80).firesBy(90).begins(1),
)
fires(
  'its member is promoted in the end: it needs none',
  () => lacks(demo().breakConnection('pg-1', 99), 100, 190).leaderDies(160, 'pg-1').until(400),
  (told) => told.firesBy(130).stillFiringAt(160).resolvedBy(215),
)

missing('PostgreSQL is not shipped', () => lacks(demo().withoutPostgresLogs(), 100, 220))
missing(
  'nobody is heard any more: it stays',
  () => lacks(demo().breakConnection('pg-1', 99), 100, 200).logsVanish(160).metricsVanish(160).until(600),
  (told) => told.firesBy(130).stillFiringAt(600).unchangedAfter(130),
)
