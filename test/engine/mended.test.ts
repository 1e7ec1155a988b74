/** A trouble that is mended is over: what happens to the same members later does not tell it once more. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Alert } from '../../src/model/effect.ts'
import { EPOCH } from '../../src/story/node.ts'
import { tell } from '../../src/story/tell.ts'
import { type ClusterStory, demo } from '../story.ts'

const LATER = 1000

/** Troubles of the first minutes, each mended, and the rule that tells of it. */
const TROUBLES: Readonly<{ [rule: string]: (story: ClusterStory) => ClusterStory }> = {
  'wal-missing': (story) => story.walMissing('pg-1', 100).stream('pg-1', 300),
  'timeline-diverged': (story) => story.timelineDiverged('pg-1', 100).stream('pg-1', 400),
  'rewind-failed': (story) =>
    story
      .says('pg-1', 100, 'pg_rewind exit code=1')
      .says('pg-1', 100.1, 'Failed to rewind from healthy primary: pg-0', 'ERROR')
      .removeUpstream('pg-1', 100)
      .stream('pg-1', 300),
  'bootstrap-failed': (story) =>
    story
      .says('pg-1', 100, 'Error when fetching backup: pg_basebackup exited with code=1', 'ERROR')
      .removeUpstream('pg-1', 100)
      .stream('pg-1', 500),
  'slot-lost': (story) =>
    story
      .walMissing('pg-1', 99)
      .postgresSays('pg-0', 100, 'invalidating obsolete replication slot "pg_1"')
      .stream('pg-1', 300),
  'slot-missing': (story) => {
    story.removeUpstream('pg-1', 99)
    for (let t = 100; t < 200; t += 5) story.postgresSays('pg-0', t, 'replication slot "pg_1" does not exist')
    return story.stream('pg-1', 300)
  },
  'data-loss-risk': (story) =>
    story
      .removeUpstream('pg-1', 99)
      .postgresSays(
        'pg-1',
        100,
        'new timeline 2 forked off current database system timeline 1 before current recovery point 0/41FDF30',
      )
      .stream('pg-1', 300),
  'postgres-crashed': (story) => story.crash('pg-0', 100, 20).crash('pg-1', 200, 20),
  'restart-loop': (story) => story.crash('pg-1', 100, 20).crash('pg-1', 150, 20).crash('pg-1', 200, 20),
  'disk-full': (story) =>
    story
      .postgresSays('pg-0', 100, 'could not write to file "pg_wal/xlogtemp.1": No space left on device')
      .writes(0, LATER - 50),
  'failsafe-did-not-hold': (story) => story.dcsOutage(100, 130).dcsOutage(140, 180, { failsafe: false }),
  'leader-lock-lost': (story) => story.lockRefused(100, 30, 'pg-1'),
}

const EVENTS: Readonly<{ [name: string]: (story: ClusterStory) => ClusterStory }> = {
  'the replica loses its upstream': (story) => story.removeUpstream('pg-1', LATER),
  'the replica is stopped for good': (story) => story.gracefulStop('pg-1', LATER),
  'the first primary is stopped for good': (story) => story.gracefulStop('pg-0', LATER),
  'the first primary is restarted': (story) => story.restart('pg-0', LATER),
  'the replica is restarted': (story) => story.restart('pg-1', LATER),
}

function begins(rule: string, story: ClusterStory): readonly number[] {
  return tell(story.until(LATER + 600)).effects.flatMap((effect) =>
    isBegin(effect as Alert, rule) ? [(effect.time - EPOCH) / 1000] : [],
  )
}

function isBegin(effect: Alert, rule: string): boolean {
  return (
    effect.kind === 'alert' && effect.rule === rule && effect.status === 'firing' && effect.time === effect.startsAt
  )
}

describe('what was mended is not told again', () => {
  for (const [rule, trouble] of Object.entries(TROUBLES))
    for (const [name, event] of Object.entries(EVENTS))
      for (const read of ['logs and samples', 'logs'])
        it(`${rule}, when ${name} (${read})`, () => {
          const told = begins(rule, event(trouble(read === 'logs' ? demo().logsOnly() : demo())))
          if (read !== 'logs' || rule !== 'disk-full') assert.notDeepEqual(told, [], 'it is told while it lasts')
          assert.deepEqual(
            told.filter((t) => t >= LATER - 100),
            [],
          )
        })
})
