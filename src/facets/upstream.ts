import { type Fold, facet, type Seen } from '../model/facet.ts'
import { forgetBeforeHole, inferred, logged, stands } from '../model/facet-help.ts'
import { namedLeader } from '../model/leadership.ts'
import type { Member } from '../model/state.ts'

/**
 * Whom the member's PostgreSQL is configured to follow. `follower.confirmed` names the leader in its view and no
 * mismatch that Patroni noticed; it never brings back an upstream that PostgreSQL itself said was removed.
 */
export default facet({
  id: 'upstream',
  on: {
    'replication.upstream-removed': (event, fold) => {
      const said = logged(event, 'primary_conninfo was removed')
      if (!stands(event.member, 'upstream', 'none', event.time)) fold.set(event.member, 'upstream', 'none', said)
      else if (seesNobody(event.member)) Object.assign(event.member.claim.upstream, said)
    },
    'replication.upstream-set': (event, fold) => {
      const value = `following:${leaderOf(event.member) ?? '?'}`
      fold.set(event.member, 'upstream', value, logged(event, 'primary_conninfo was set'))
    },
    'replication.started': (event, fold) => {
      if (event.member.claim.upstream.value.startsWith('following:')) return
      fold.set(
        event.member,
        'upstream',
        `following:${leaderOf(event.member) ?? '?'}`,
        logged(event, 'a WAL receiver connected'),
      )
    },
    'follower.confirmed': (event, fold) => {
      const value = `following:${event.param('leader') ?? leaderOf(event.member) ?? '?'}`
      const claim = event.member.claim.upstream
      if (stands(event.member, 'upstream', value, event.time)) return
      if (claim.value === 'none' && claim.basis === 'logged') return
      fold.set(
        event.member,
        'upstream',
        value,
        inferred(event, 'it says that it follows this leader; that proves no replication'),
      )
    },
    'leader.confirmed': (event, fold) => {
      // A standby leader follows whoever its cluster copies, also while it says no more than what it is about.
      if (event.param('standby') !== null || event.member.claim.role.value === 'standby_leader') return
      if (stands(event.member, 'upstream', 'none', event.time)) return
      fold.set(event.member, 'upstream', 'none', inferred(event, 'a leader has no upstream'))
    },
    'race.not-healthiest': (event, fold) => staleView(event, fold),
    'race.not-allowed': (event, fold) => staleView(event, fold),
    'race.primary-alive': (event, fold) => staleView(event, fold),
  },
  expire(member, _clock, fold) {
    if (member.claim.upstream.value === 'none') forgetBeforeHole(member, 'upstream', fold)
  },
})

/**
 * A member that has lost its view of the leader configures no upstream, unless its tag names one (Patroni's
 * `_get_node_to_follow`).
 */
function staleView(event: Seen, fold: Fold): void {
  const { cluster, kind } = event.member
  if (!seesNobody(event.member) || cluster.members.has(kind.replicatefrom ?? '')) return
  if (stands(event.member, 'upstream', 'none', event.time)) return
  fold.set(
    event.member,
    'upstream',
    'none',
    inferred(event, 'it sees no leader, and Patroni then removes primary_conninfo'),
  )
}

/** Whether no leader is in its view, and it is none itself. */
function seesNobody({ claim: { lockView, role } }: Member): boolean {
  return lockView.value === 'none' && lockView.basis === 'inferred' && role.value !== 'leader'
}

function leaderOf(member: Member): string | null {
  return namedLeader(member) ?? member.cluster.leader?.name ?? null
}
