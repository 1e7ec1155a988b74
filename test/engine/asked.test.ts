/**
 * Silence and its end are no news, and a restart is none either: where a rule rests on how long ago something was, the story is
 * the same as when every rule is asked at every point of the grid, and as told by engines that know only a snapshot.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Rule } from '../../src/model/rule.ts'
import { jsonLine } from '../../src/report/jsonl.ts'
import { rules, type Telling, tell } from '../../src/story/tell.ts'
import { type ClusterStory, cluster, demo } from '../story.ts'

const cascade = (): ClusterStory => cluster('demo').replica('pg-1').replica('pg-2', { replicatefrom: 'pg-1' })

const STORIES: Readonly<{ [name: string]: () => ClusterStory }> = {
  'the upstream of a cascading replica dies and is back': () =>
    cascade().dies('pg-1', 100).start('pg-1', 300).stream('pg-2', 320).until(500),
  'the same from logs alone': () => cascade().logsOnly().dies('pg-1', 100).start('pg-1', 300).until(500),
  'its upstream is not heard for a while after it lost it': () =>
    cascade()
      .withoutViews()
      .primaryIdle(0)
      .removeUpstream('pg-2', 100)
      .logsVanish(110, 'pg-1')
      .metricsVanish(110, 'pg-1')
      .metricsVanish(110, 'pg-2')
      .logsReturn(300, 'pg-1')
      .until(600),
  'a standby leader is not heard for a while after its replica lost it': () =>
    cluster('demo')
      .standbyCluster()
      .replica('pg-1')
      .logsOnly()
      .removeUpstream('pg-1', 100)
      .logsVanish(200, 'pg-0')
      .logsReturn(400, 'pg-0')
      .until(700),
  'a standby leader falls back to its archive': () =>
    cluster('demo')
      .standbyCluster()
      .withArchive()
      .replica('pg-1')
      .changes(100, (world) => {
        world.node('remote').postgres = 'stopped'
      })
      .postgresSays('pg-0', 500, 'restored log file "00000001000000000000000B" from archive')
      .until(900),
  'the lock is given by hand in a pause': () => demo().pause(80).leaderDies(100, 'pg-1').resume(300).until(600),
  'the slot of a member that is gone': () =>
    demo().gracefulStop('pg-2', 90).idleSlot('pg-0', 'pg_2', 100, 3000).until(3200),
  'troubles that are mended, and others later': () =>
    demo()
      .walMissing('pg-1', 100)
      .stream('pg-1', 300)
      .timelineDiverged('pg-2', 120)
      .stream('pg-2', 350)
      .removeUpstream('pg-1', 600)
      .restart('pg-0', 800)
      .until(1100),
  'a disk that was full, of which nothing is heard': () =>
    demo()
      .logsOnly()
      .postgresSays('pg-0', 100, 'could not write to file "pg_wal/xlogtemp.1": No space left on device')
      .until(900),
  'nothing is measured any more, and the logs go on': () => demo().metricsVanish(100).metricsReturn(600).until(800),
  'a replica names another leader, and nothing else happens': () =>
    demo().logsOnly().names('pg-2', 'pg-1', 233).until(600),
  'crashes that end': () =>
    demo().logsOnly().crash('pg-1', 100, 20).crash('pg-1', 150, 20).crash('pg-1', 200, 20).until(900),
}

const TELLINGS: Readonly<{ [name: string]: Telling }> = {
  'asked at every point of the grid': { checkAll: true },
  'with restarts': { restarts: new Set([40, 90, 150, 200, 260, 333, 400]) },
  'in large steps': { batch: 17_000 },
}

describe('the same story', () => {
  for (const [name, story] of Object.entries(STORIES))
    for (const [how, telling] of Object.entries(TELLINGS))
      it(`${name}: ${how}`, () =>
        assert.deepEqual(tell(story(), telling).effects.map(jsonLine), tell(story()).effects.map(jsonLine)))
})

/** How often the rules were asked while the story was told. */
function asked(story: ClusterStory): number {
  let count = 0
  const counting: Rule = {
    ...(rules[0] as Rule),
    check: () => {
      count++
      return []
    },
  }
  tell(story, { rules: [counting] })
  return count
}

it('who is well is not asked about: heartbeats, checkpoints and restart points are no reason', () => {
  const world = (): ClusterStory => demo().logsOnly().until(3600)
  const points = world()
  for (let at = 60; at < 3600; at += 20) {
    points.postgresSays('pg-0', at, `checkpoint starting: ${at % 40 === 0 ? 'time' : 'wal'}`)
    points.postgresSays('pg-1', at, 'restartpoint starting: time')
  }
  const [without, withPoints] = [asked(world()), asked(points)]
  assert.equal(withPoints, without)
  assert.ok(without < 3600 / 5 / 10, `asked ${without} times in an hour`)
})
