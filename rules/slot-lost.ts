import { membersOf, ownerOfSlot } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { NEVER } from '../src/model/state.ts'
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
    for (const member of membersOf(cluster))
      for (const [name, slot] of member.slots) {
        if (slot.lostAt === NEVER) continue
        const owner = ownerOfSlot(cluster, name)
        const replication = owner?.claim.replication
        if (replication?.value === 'streaming' && replication.since > slot.lostAt)
          yield clear(name, `${owner?.name} streams again`, { evidence: replication.evidence })
        else if (slot.droppedAt > slot.lostAt)
          yield clear(name, `Patroni dropped slot ${name} to make it anew`, { reason: 'superseded by slot-missing' })
        else
          yield fire({
            subject: name,
            member: owner?.name ?? member.name,
            since: slot.lostAt,
            summary: `replication slot ${name} was invalidated at ${clock.hms(slot.lostAt)}: its reader must start anew`,
            claims: owner === undefined ? [] : says(owner, 'follower.confirmed'),
            evidence: [slot.evidence],
          })
      }
  },
})
