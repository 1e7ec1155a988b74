import type { Clock } from '../src/model/clock.ts'
import { isRunningPrimary, lastOf, loopOf, membersOf, streamingOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { ownerOfSlot, slotsToldOf } from '../src/model/slots.ts'
import { type Cluster, type Member, NEVER, type SlotState } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'slot-missing',
    summary: 'A replication slot that is asked for does not exist',
    scope: 'cluster',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['PostgreSQL lines of the replica or of its source'],
    fires:
      'It is asked for again and again, for more than two loops after a start, a promotion or a change of upstream.',
    ends: 'The member that the slot belongs to streams, or is the primary.',
    silent: 'The first loops after a start, a promotion or a change of upstream, in which Patroni makes its slots.',
    blindSpots: ["The line stands in PostgreSQL's own log, which Spilo writes to files."],
    falseAlarms: ['A client that asks for a slot nobody made.'],
    remedy: [
      'psql -c "select slot_name, slot_type, active from pg_replication_slots"   # on the primary',
      'patronictl show-config {scope}   # slots, ignore_slots',
    ],
  },
  *check(cluster, clock) {
    for (const [name, { member, slot }] of slotsToldOf(cluster, 'missingAt'))
      yield judge(cluster, name, member, slot, clock)
  },
})

function judge(cluster: Cluster, name: string, member: Member, slot: SlotState, clock: Clock): Verdict {
  const owner = ownerOfSlot(cluster, name)
  if (owner !== undefined && streamingOf(owner).at > slot.missingAt)
    return clear(name, `${owner.name} streams`, { evidence: streamingOf(owner).evidence })
  if (owner !== undefined && isRunningPrimary(owner) && owner.primary.proven.at > slot.missingAt)
    return clear(name, `${owner.name} is the primary`, { evidence: owner.primary.evidence })
  const { membership } = member.claim
  if (membership.value === 'gone') return clear(name, membership.because, { reason: 'member gone' })
  const since = Math.max(slot.missingSince, settledAt(cluster, member, owner))
  if (slot.missingAt - since <= 2 * loopOf(member)) return unknown(name, 'Patroni may be about to make it')
  return fire({
    subject: name,
    member: owner?.name ?? member.name,
    since,
    summary: `replication slot ${name} is asked for since ${clock.hms(since)} and does not exist`,
    claims: owner === undefined ? [] : says(owner, 'follower.confirmed'),
    evidence: [slot.evidence],
  })
}

/** Latest start, promotion or change of upstream of those concerned: Patroni makes slots in the loops after it. */
function settledAt(cluster: Cluster, member: Member, owner: Member | undefined): number {
  let at = NEVER
  for (const each of [member, owner])
    if (each !== undefined) at = Math.max(at, lastOf(each, 'postgres.ready', 'replication.upstream-set'))
  for (const each of membersOf(cluster)) at = Math.max(at, lastOf(each, 'promotion.completed', 'promotion.started'))
  return at
}
