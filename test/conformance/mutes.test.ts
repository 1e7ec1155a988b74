/** Which planned work mutes which rule, and which alert is the consequence of which: the cells of the contract, one by one. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rules } from '../../src/story/tell.ts'

const REPLICA = ['replica-stalled', 'replica-view-stale', 'replica-without-upstream']
/** Muted by every kind of planned work of a role or a process. */
const ROLE = [
  'failover-blocked',
  'leader-lock-lost',
  'leader-not-primary',
  'no-leader',
  'patroni-silent',
  'postgres-crashed',
]
/** Judge planned work themselves: as info, or not at all. */
const OWN = ['leader-changed', 'member-lost', 'no-failover-candidate', 'writes-rejected']

/** Rules of the catalogue that each kind of work mutes, apart from what is only info and what counts a member's troubles. */
const MUTED: Readonly<{ [kind: string]: readonly string[] }> = {
  switchover: [...ROLE, ...REPLICA, 'restart-loop'],
  stop: [...ROLE, ...REPLICA, 'restart-loop'],
  restart: [...ROLE, ...REPLICA, 'restart-loop'],
  'rolling-update': [...ROLE, ...REPLICA, 'restart-loop', 'member-lost', 'no-failover-candidate'],
  rebuild: [...REPLICA, 'restart-loop', 'wal-backlog'],
  pause: [...ROLE, ...OWN, 'restart-loop'],
}

const NEVER_MUTED = ['data-loss-risk', 'disk-full', 'two-leaders', 'wal-missing']

/** Consequences by cause. */
const INHIBITED: Readonly<{ [cause: string]: readonly string[] }> = {
  'no-leader': [...REPLICA, 'leader-not-primary', 'writes-rejected'],
  'two-leaders': [...REPLICA, 'leader-not-primary', 'writes-rejected'],
  'replica-without-upstream': ['replica-stalled', 'replica-view-stale'],
  'replica-stalled': ['replica-view-stale'],
  'dcs-unreachable': ['dcs-unreachable-from-replica', 'loop-too-slow'],
  'disk-full': [
    'bootstrap-failed',
    'loop-too-slow',
    'patroni-silent',
    'postgres-crashed',
    'reinit-loop',
    'replica-stalled',
    'replica-without-upstream',
    'restart-loop',
    'wal-backlog',
  ],
}

function metaOf(id: string) {
  const rule = rules.find(({ meta }) => meta.id === id)
  assert.ok(rule !== undefined, id)
  return rule.meta
}

describe('planned work', () => {
  for (const [kind, muted] of Object.entries(MUTED))
    for (const id of muted) it(`${kind} mutes ${id}`, () => assert.ok(metaOf(id).mutedBy.some((by) => by === kind)))

  it('in a pause only rules of roles and processes are silent', () => {
    const silent = rules.flatMap(({ meta }) => (meta.mutedBy.includes('pause') ? [meta.id] : []))
    assert.deepEqual(silent.sort(), [...(MUTED.pause ?? [])].sort())
  })

  for (const id of NEVER_MUTED) it(`never mutes ${id}`, () => assert.deepEqual(metaOf(id).mutedBy, []))
})

describe('consequences', () => {
  for (const [cause, consequences] of Object.entries(INHIBITED))
    it(`of ${cause}`, () => assert.deepEqual([...metaOf(cause).inhibits].sort(), [...consequences].sort()))
})
