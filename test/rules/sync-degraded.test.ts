import { type ClusterStory, cluster, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('sync-degraded')

/** Synchronous mode with pg-1 as standby; views are not polled, so that the lines decide. */
function synchronous(story: ClusterStory = demo()): ClusterStory {
  return story
    .withoutViews()
    .says('pg-0', 20, "Assigning synchronous standby status to ['pg-1']")
    .says('pg-0', 22, "Synchronous standby status assigned to ['pg-1']")
}

const EMPTY = 'Assigning synchronous standby status to []'

silent('no synchronous mode', () => demo().until(600))
silent('synchronous mode on a good day', () => synchronous().until(600))
silent('the standby changes when one is restarted', () =>
  synchronous()
    .restart('pg-1', 100)
    .says('pg-0', 101, "Assigning synchronous standby status to ['pg-2']")
    .says('pg-0', 103, "Synchronous standby status assigned to ['pg-2']")
    .until(400),
)
silent('the only standby is restarted, and back after half a minute', () =>
  synchronous(cluster('demo').replica('pg-1'))
    .restart('pg-1', 100)
    .says('pg-0', 101, EMPTY)
    .says('pg-0', 130, "Assigning synchronous standby status to ['pg-1']"),
)
silent('the only standby is copied anew', () =>
  synchronous(cluster('demo').replica('pg-1')).reinit('pg-1', 100, 900).says('pg-0', 101, EMPTY).until(890),
)
silent('a switchover', () =>
  synchronous()
    .switchover('pg-1', 100)
    .says('pg-1', 103, EMPTY)
    .says('pg-1', 112, "Assigning synchronous standby status to ['pg-0']"),
)
silent('quorum commit: a standby is stopped and started, and each change is told to the DCS and to PostgreSQL', () =>
  demo()
    .withoutViews()
    .says('pg-0', 100, 'Setting synchronous replication to 1 of 2 (pg-1, pg-2)')
    .says('pg-0', 101, 'Setting leader to pg-0, quorum to 1 of 2 (pg-1, pg-2)')
    .says('pg-0', 125, 'Setting synchronous replication to 1 of 1 (pg-2)')
    .says('pg-0', 126, 'Setting leader to pg-0, quorum to 0 of 1 (pg-2)')
    .says('pg-0', 140, 'Setting leader to pg-0, quorum to 1 of 2 (pg-1, pg-2)')
    .says('pg-0', 141, 'Setting synchronous replication to 1 of 2 (pg-1, pg-2)')
    .until(600),
)
silent('it is switched off', () =>
  synchronous().says('pg-0', 100, EMPTY).says('pg-0', 110, 'Disabled synchronous replication'),
)

fires(
  'empty for two minutes',
  () =>
    synchronous()
      .says('pg-0', 100, EMPTY)
      .says('pg-0', 250, "Assigning synchronous standby status to ['pg-1']")
      .until(500),
  (told) => told.notBefore(160).firesBy(170).severityAt(200, 'warning').stillFiringAt(249).resolvedBy(320).begins(1),
)
fires(
  'strict mode: commits wait, critical',
  () => synchronous().says('pg-0', 100, 'No standbys available!', 'WARNING').until(300),
  (told) => told.firesBy(170).severityAt(200, 'critical'),
)
fires(
  'quorum commit: nobody is left to confirm',
  () =>
    demo()
      .withoutViews()
      .says('pg-0', 50, 'Setting synchronous replication to 1 of 2 (pg-1, pg-2)')
      .says('pg-0', 100, 'Setting leader to pg-0, quorum to 0 of 0 ()')
      .until(300),
  (told) => told.notBefore(160).firesBy(170).severityAt(200, 'warning'),
)
fires(
  'flapping',
  () => {
    const story = synchronous()
    for (let t = 100; t < 200; t += 10)
      story.says('pg-0', t, `Assigning synchronous standby status to ['pg-${1 + ((t / 10) % 2)}']`)
    return story.until(400)
  },
  (told) => told.firesBy(160).severityAt(180, 'warning').resolvedBy(260),
)

missing('the leader is not heard', () => synchronous().logsVanish(90, 'pg-0').says('pg-0', 100, EMPTY))
missing(
  'nobody is heard any more: it stays',
  () => synchronous().says('pg-0', 100, EMPTY).logsVanish(200).metricsVanish(200).until(600),
  (told) => told.firesBy(170).stillFiringAt(600).unchangedAfter(170),
)

fires(
  'only the leader is heard, and it takes the last name from its list',
  () =>
    demo()
      .logsOnly()
      .logsVanish(0, 'pg-1')
      .logsVanish(0, 'pg-2')
      .says('pg-0', 100, "Updating synchronous privilege temporarily from ['pg-1'] to []")
      .says('pg-0', 100.1, EMPTY)
      .says('pg-0', 200, "Assigning synchronous standby status to ['pg-1']")
      .until(400),
  (told) => told.notBefore(160).firesBy(170).severityAt(190, 'warning').resolvedBy(275).begins(1),
)
fires(
  'a release that says only whom it removes',
  () =>
    demo()
      .logsOnly()
      .logsVanish(0, 'pg-1')
      .logsVanish(0, 'pg-2')
      .says('pg-0', 100, 'Removing synchronous privilege from pg-1')
      .until(400),
  (told) => told.notBefore(160).firesBy(170).stillFiringAt(399),
)

/** From samples alone: the leader lists pg-1 as synchronous standby until `t`, and then nobody; both replicas are listed. */
function listedUntil(t: number, state: string) {
  let story = demo().metricsOnly().withoutViews()
  for (let at = 20; at < 400; at += 10)
    story = story.changes(at, (world) =>
      world.reading(world.node('pg-0'), at, '/cluster', {
        members: [
          { name: 'pg-0', role: 'leader', state: 'running' },
          { name: 'pg-1', role: at < t ? 'sync_standby' : 'replica', state },
          { name: 'pg-2', role: 'replica', state },
        ],
      }),
    )
  return story.until(400)
}

silent('from samples alone nobody is listed as synchronous while two stream: the mode is off', () =>
  listedUntil(100, 'streaming'),
)
fires(
  'from samples alone nobody is listed as synchronous, and nobody streams',
  () => listedUntil(100, 'running').breakConnection('pg-1', 95).breakConnection('pg-2', 95),
  (told) => told.firesBy(190).severityAt(200, 'warning').stillFiringAt(399),
)
fires(
  'in strict mode the empty list is assigned anew in each loop: that is no change, and soon over when one is back',
  () => {
    const story = synchronous().says('pg-0', 100, "Updating synchronous privilege temporarily from ['pg-1'] to []")
    for (let t = 100.1; t < 200; t += 5)
      story
        .says('pg-0', t, 'No standbys available!', 'WARNING')
        .says('pg-0', t + 0.01, "Assigning synchronous standby status to ['*']")
    return story
      .says('pg-0', 200, "Assigning synchronous standby status to ['pg-1']")
      .says('pg-0', 202, "Synchronous standby status assigned to ['pg-1']")
      .until(400)
  },
  (told) =>
    told
      .firesBy(170)
      .severityAt(199, 'critical')
      .says(/no synchronous standby since/)
      .unchangedAfter(270)
      .resolvedBy(270),
)
silent('strict mode: nobody is on the list for half a minute, and it is assigned anew each second', () => {
  const story = synchronous()
  for (let t = 100; t < 130; t++) story.says('pg-0', t, "Assigning synchronous standby status to ['*']")
  return story.says('pg-0', 130, "Assigning synchronous standby status to ['pg-1']").until(400)
})
