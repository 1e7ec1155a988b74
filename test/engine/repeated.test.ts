/** What is said each few seconds for minutes is told once: the time in a sentence does not move with the latest lines. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tell } from '../../src/story/tell.ts'
import { type ClusterStory, demo } from '../story.ts'

type Log = (story: ClusterStory, t: number) => ClusterStory

const patroni =
  (member: string, message: string): Log =>
  (story, t) =>
    story.says(member, t, message)
const postgres =
  (member: string, message: string): Log =>
  (story, t) =>
    story.postgresSays(member, t, message)

/** Only the member is heard, and its HA loop says nothing else from second 50 on. */
function alone(member: string): ClusterStory {
  const story = demo().logsOnly()
  for (const other of ['pg-0', 'pg-1', 'pg-2']) if (other !== member) story.logsVanish(0, other)
  return quiet(story)
}

function quiet(story: ClusterStory): ClusterStory {
  return story.changes(50, (world) => {
    for (const node of world.nodes.values()) node.cycle = () => {}
  })
}

const CASES: readonly (readonly [rule: string, name: string, story: () => ClusterStory, says: Log])[] = [
  ['wal-missing', 'by the replica, read too', () => demo().walMissing('pg-1', 100), (story) => story],
  [
    'wal-missing',
    'by the source alone',
    () => alone('pg-0'),
    postgres('pg-0', 'requested WAL segment 000000010000000000000007 has already been removed'),
  ],
  [
    'rewind-failed',
    'WAL is missing after the rewind',
    () => demo().logsOnly().rewind('pg-1', 60, 90).walMissing('pg-1', 95),
    (story) => story,
  ],
  [
    'demotion-stuck',
    'without its begin',
    () => alone('pg-0'),
    patroni('pg-0', 'demoting self because DCS is not accessible and I was a leader in progress'),
  ],
  [
    'leader-lock-lost',
    'a lock that is not obtained',
    () => quiet(demo().logsOnly()),
    patroni('pg-0', 'demoted self after trying and failing to obtain lock'),
  ],
  [
    'no-leader',
    'logs that begin in the outage',
    () => demo().logsOnly().logsVanish(0).logsReturn(95, 'pg-1').leaderDiesForGood(50),
    patroni('pg-1', 'following a different leader because i am not the healthiest node'),
  ],
  [
    'postgres-crashed',
    'process after process',
    () => quiet(demo().logsOnly()),
    postgres('pg-0', 'server process (PID 28391) was terminated by signal 9: Killed'),
  ],
  [
    'restart-loop',
    'start after start',
    () => quiet(demo().logsOnly()),
    postgres('pg-0', 'starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc'),
  ],
  [
    'slot-lost',
    'its reader is refused',
    () => demo(),
    postgres('pg-0', 'invalidating obsolete replication slot "acid_orders_1"'),
  ],
]

describe('repeated for eight minutes', () => {
  for (const [rule, name, begin, says] of CASES)
    it(`${rule}: ${name}`, () => {
      const story = begin()
      for (let t = 100.3; t < 600; t += 5) says(story, t)
      const records = tell(story.until(600)).effects.filter(
        (effect) => effect.kind === 'alert' && effect.rule === rule && effect.status === 'firing',
      )
      assert.deepEqual(
        records.map((record) => ('summary' in record ? record.summary : '')),
        records.slice(0, 1).map((record) => ('summary' in record ? record.summary : '')),
      )
      assert.equal(records.length, 1)
    })
})
