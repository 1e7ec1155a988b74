/**
 * Good days and planned work, told to all rules at once, each in every way that a cluster may be seen: with parts of the
 * logs or of the samples missing, at long scrape intervals, at log level WARNING, from old versions. Nobody is paged.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClusterStory, cluster, demo, tell } from '../../src/story/index.ts'
import { tale } from '../story.ts'

const chain = (): ClusterStory => cluster('demo').replica('pg-1').replica('pg-2', { replicatefrom: 'pg-1' })
const archiving = (): ClusterStory => cluster('demo').replica('pg-1').replica('pg-2', { nostream: true }).writes(2)

const DAYS: Record<string, () => ClusterStory> = {
  'nothing happens': () => demo().until(400),
  'nobody writes': () => demo().primaryIdle(0).until(400),
  'a burst of writes': () => demo().writes(60, 100).writes(1, 140).until(400),
  'a switchover': () => demo().switchover('pg-1', 100).until(500),
  'a switchover and back': () => demo().switchover('pg-1', 100).switchover('pg-0', 200).until(500),
  'a switchover in a pair': () => cluster('demo').replica('pg-1').switchover('pg-1', 100).until(500),
  'a switchover after which the old leader is rewound': () =>
    demo().switchover('pg-1', 100).rewind('pg-0', 130, 160).until(500),
  'a switchover that is refused': () => demo().switchoverRejected(100).until(400),
  'all members are restarted on request': () =>
    demo().restart('pg-1', 100).restart('pg-2', 110).restart('pg-0', 120).until(500),
  'a minor upgrade, member by member': () =>
    demo()
      .gracefulStop('pg-1', 100)
      .start('pg-1', 130)
      .gracefulStop('pg-2', 170)
      .start('pg-2', 200)
      .switchover('pg-1', 240)
      .gracefulStop('pg-0', 260)
      .start('pg-0', 290)
      .until(600),
  'the operator recreates pod after pod': () =>
    demo()
      .rollingUpdate(90)
      .recreatePod('pg-1', 100, 150)
      .recreatePod('pg-2', 180, 230)
      .switchover('pg-1', 250)
      .recreatePod('pg-0', 260, 310)
      .until(600),
  "the leader's node is drained": () => demo().gracefulStop('pg-0', 100, 'pg-1').start('pg-0', 160).until(500),
  'a replica is stopped for a quarter of an hour': () =>
    demo().gracefulStop('pg-1', 100).start('pg-1', 900).until(1200),
  'a member is removed for good': () => demo().gracefulStop('pg-2', 100).until(1500),
  'the only replica is stopped and started': () =>
    cluster('demo').replica('pg-1').gracefulStop('pg-1', 100).start('pg-1', 150).until(500),
  'a replica is made anew': () => demo().reinit('pg-1', 100, 300).until(600),
  'a replica is copied for half an hour': () => demo().reinit('pg-1', 100, 2000).until(2300),
  'a pause with a stop inside': () =>
    demo().pause(90).gracefulStop('pg-0', 120).start('pg-0', 200).resume(260).until(500),
  'a pause with restarts inside': () =>
    demo().pause(90).restart('pg-0', 120).restart('pg-1', 160).resume(260).until(500),
  'replay is paused for a moment': () => demo().pauseReplay('pg-1', 100).resumeReplay('pg-1', 110).until(400),
  'one member alone is restarted, stopped and started': () =>
    cluster('demo').restart('pg-0', 100).gracefulStop('pg-0', 200).start('pg-0', 240).until(500),
  'the upstream of a cascading replica is restarted and stopped': () =>
    chain().restart('pg-1', 100).gracefulStop('pg-1', 200).start('pg-1', 240).until(500),
  'a switchover to the upstream of a cascading replica': () => chain().switchover('pg-1', 100).until(500),
  'members that may not be promoted or synchronous': () =>
    cluster('demo')
      .replica('pg-1', { nofailover: true })
      .replica('pg-2', { nosync: true })
      .gracefulStop('pg-2', 100)
      .start('pg-2', 140)
      .until(500),
  'an archive-only replica': () => archiving().until(500),
  'a switchover beside an archive-only replica': () => archiving().switchover('pg-1', 100).until(500),
  'a delayed replica': () => cluster('demo').replica('pg-1').replica('pg-2', { delay: 120 }).writes(6).until(700),
  'a delayed replica is restarted': () =>
    cluster('demo').replica('pg-1').replica('pg-2', { delay: 60 }).writes(6).restart('pg-2', 300).until(700),
  'a standby cluster': () => cluster('demo').standbyCluster().replica('pg-1').until(500),
  'a standby cluster, one member restarted': () =>
    cluster('demo').standbyCluster().replica('pg-1').restart('pg-1', 100).until(500),
  'no samples for minutes': () => demo().metricsVanish(100).metricsReturn(250).until(500),
  'no lines for minutes': () => demo().logsVanish(100).logsReturn(250).until(500),
  'no samples during a switchover': () =>
    demo().metricsVanish(90).switchover('pg-1', 100).metricsReturn(200).until(500),
  'no lines during a switchover': () => demo().logsVanish(90).switchover('pg-1', 100).logsReturn(200).until(500),
}

const SEEN: Record<string, (story: ClusterStory) => ClusterStory> = {
  'all of it': (story) => story,
  'lines alone': (story) => story.logsOnly(),
  'samples alone': (story) => story.metricsOnly(),
  'samples alone, each 30 s': (story) => story.sampledEvery(30).metricsOnly(),
  'samples alone, each 60 s': (story) => story.sampledEvery(60).metricsOnly(),
  'samples alone, Patroni 2.1.7, no lists of members': (story) => story.version('2.1.7').metricsOnly().withoutViews(),
  'without the lines of PostgreSQL': (story) => story.withoutPostgresLogs(),
  'without the lines of PostgreSQL, Patroni 3.0.2, each 30 s': (story) =>
    story.version('3.0.2').withoutPostgresLogs().sampledEvery(30),
  'at log level WARNING': (story) => story.atLevelWarning(),
  'lines alone at log level WARNING': (story) => story.atLevelWarning().logsOnly(),
  'samples each 60 s': (story) => story.sampledEvery(60),
  'Patroni 3.0.2, stamps of whole seconds': (story) => story.version('3.0.2').wholeSeconds(),
  'without lists of members': (story) => story.withoutViews(),
}

for (const [day, happens] of Object.entries(DAYS))
  describe(day, () => {
    for (const [mode, seen] of Object.entries(SEEN))
      it(mode, () => {
        const told = tell(seen(happens()))
        assert.deepEqual(told.unrecognised, [], 'a line that nobody understands shows nothing')
        // A change of leader that nobody saw happen may have been a failover: to say so is right.
        const unseen = mode.includes('alone') || day.includes('no lines')
        const pages = told.effects.filter(
          (effect) =>
            effect.kind === 'alert' && effect.severity !== 'info' && !(unseen && effect.rule === 'leader-changed'),
        )
        assert.equal(pages.length, 0, tale({ ...told, effects: pages }))
      })
  })
