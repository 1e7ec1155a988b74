import type { Clock } from '../src/model/clock.ts'
import { streamingOf } from '../src/model/picture.ts'
import { clear, fire, rule, type Verdict } from '../src/model/rule.ts'
import { ownerOfSlot, slotsToldOf } from '../src/model/slots.ts'
import type { Member, SlotState } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'slot-lost',
    summary: 'A replication slot was invalidated: WAL that its reader needs was removed',
    scope: 'cluster',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['PostgreSQL lines of the member that has the slot'],
    fires: 'PostgreSQL invalidates a slot, or refuses a reader because its slot was invalidated.',
    ends: 'The member that the slot belongs to streams again; or Patroni drops it to make it anew, then slot-missing says if it is not.',
    silent: 'A slot that is only missing, or not active.',
    blindSpots: [
      "The line stands in PostgreSQL's own log, which Spilo writes to files.",
      'A logical slot made anew by its client leaves no line.',
    ],
    falseAlarms: [],
    remedy: [
      'psql -c "select slot_name, active, wal_status, restart_lsn from pg_replication_slots"   # on the primary',
      'psql -c "show max_slot_wal_keep_size"',
    ],
  },
  *check(cluster, clock) {
    for (const [name, { member, slot }] of slotsToldOf(cluster, 'lostAt')) yield judge(name, member, slot, clock)
  },
})

function judge(name: string, member: Member, slot: SlotState, clock: Clock): Verdict {
  const owner = ownerOfSlot(member.cluster, name)
  const streaming = owner === undefined ? undefined : streamingOf(owner)
  if (streaming !== undefined && streaming.since > slot.lostAt)
    return clear(name, `${owner?.name} streams again`, { evidence: streaming.evidence })
  if (slot.droppedAt > slot.lostAt)
    return clear(name, `Patroni dropped slot ${name} to make it anew`, { reason: 'superseded by slot-missing' })
  const { membership } = member.claim
  if (membership.value === 'gone') return clear(name, membership.because, { reason: 'member gone' })
  return fire({
    subject: name,
    member: owner?.name ?? member.name,
    since: slot.lostAt,
    summary: `replication slot ${name} was invalidated at ${clock.hms(slot.lostAt)}: its reader must start anew`,
    claims: owner === undefined ? [] : says(owner, 'follower.confirmed'),
    evidence: [slot.evidence],
  })
}
