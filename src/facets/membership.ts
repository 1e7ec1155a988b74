import type { Clock } from '../model/clock.ts'
import { type Fold, facet } from '../model/facet.ts'
import { wordOf } from '../model/hearing.ts'
import { holdsLock } from '../model/leadership.ts'
import { loopOf } from '../model/picture.ts'
import type { ClusterMemberView } from '../model/sample.ts'
import { type Member, NEVER, takeTags } from '../model/state.ts'

/** Absent from the leader's `/cluster` for so long after a graceful stop: gone. */
const GONE = 10 * 60_000
/** A member is silent when its next heartbeat is late by so much. */
const LATE = 5_000

/**
 * present · leaving · gone. Absence from `/cluster` alone does not tell a removed member from a dead one: gone needs a
 * graceful stop before it, or a long silence.
 */
export default facet({
  id: 'membership',
  on: {
    'leader.confirmed': (event, fold) => present(event.member, fold),
    'follower.confirmed': (event, fold) => present(event.member, fold),
  },
  sample: (member, _sample, fold) => present(member, fold),
  view(observer, view, fold) {
    for (const listed of view.members) {
      const member = fold.member(observer.cluster, listed.name)
      const before = isAlike(member.listed?.view, listed) ? member.listed : undefined
      if (before === undefined && (listed.state === 'stopped' || listed.role === 'leader'))
        observer.cluster.dirty = true
      member.listed = { view: listed, since: before?.since ?? view.time, at: view.time }
      member.unlistedSince = Number.NaN
      takeTags(member, listed.tags)
    }
    if (!holdsLock(observer)) return
    const names = new Set(view.members.map((listed) => listed.name))
    for (const member of observer.cluster.members.values())
      if (!names.has(member.name) && Number.isNaN(member.unlistedSince)) member.unlistedSince = view.time
  },
  expire(member, clock, fold) {
    if (member.claim.membership.value === 'gone') return
    if (leaves(member, clock))
      fold.set(member, 'membership', 'leaving', {
        basis: 'inferred',
        because: 'another member sees it stopped, and it says nothing',
      })
    const { forgetAfter } = member.cluster.timings
    const word = wordOf(member, clock.now)
    const left =
      member.claim.membership.value === 'leaving' &&
      !Number.isNaN(member.unlistedSince) &&
      clock.past(member.unlistedSince, GONE)
    if (!left && (word === NEVER || !clock.past(word, forgetAfter))) return
    fold.set(member, 'membership', 'gone', {
      basis: left ? 'inferred' : 'expired',
      because: left
        ? 'it was stopped on purpose and the leader no longer lists it'
        : `nothing was heard of it for ${Math.round(forgetAfter / 3_600_000)} h`,
    })
  },
})

function isAlike(a: ClusterMemberView | undefined, b: ClusterMemberView): boolean {
  return a !== undefined && a.role === b.role && a.state === b.state
}

function present(member: Member, fold: Fold): void {
  const claim = member.claim.membership
  if (claim.value === 'present') return
  fold.set(member, 'membership', 'present', { basis: 'inferred', because: 'it writes lines, or was measured' })
}

/** A member that is cloned, started or demoted is listed as stopped too, while its own REST API or log speaks. */
function leaves(member: Member, clock: Clock): boolean {
  const { claim, listed } = member
  if (claim.membership.value === 'leaving' || listed?.view.state !== 'stopped') return false
  const silence = loopOf(member) + LATE
  const word = wordOf(member, clock.now)
  return word < listed.at + silence && clock.past(word, silence)
}
