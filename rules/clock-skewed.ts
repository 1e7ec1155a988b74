import { membersOf } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { reads } from '../src/model/statement.ts'

/** Zones differ by multiples of this. */
const ZONES = 15 * 60_000

export default rule<'tolerance'>({
  meta: {
    id: 'clock-skewed',
    summary: 'The clock of a member differs from that of the broker',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: { tolerance: { default: 2_000, unit: 'duration', means: 'clocks may differ by so much' } },
    mutedBy: [],
    inhibits: [],
    needs: ['arrival times: live only'],
    fires: 'Live only: the learned offset between the stamps of its lines and their arrival is more than 2 s.',
    ends: 'The offset is back within it.',
    silent: 'Replay, where nobody knows when a line came; lines that are merely late: see logs-delayed.',
    blindSpots: ['A shipper that stamps the records itself hides the clock of the member.'],
    falseAlarms: ['A zone that is not configured: the offset is then a multiple of 15 min, and the alert says so.'],
    remedy: ['timedatectl status   # on {member}', 'chronyc tracking'],
  },
  *check(cluster, _clock, { tolerance }) {
    for (const member of membersOf(cluster)) {
      const { delivery } = member
      if (delivery === undefined) continue
      const by = Math.round(Math.abs(delivery.offset) / 1000)
      if (Math.abs(delivery.offset) <= tolerance) yield clear(member.name, `the clock of ${member.name} agrees again`)
      else
        yield fire({
          subject: member.name,
          member: member.name,
          summary: isZone(delivery.offset, tolerance)
            ? `lines of ${member.name} are stamped ${by} s off: a zone that is not configured`
            : `the clock of ${member.name} is ${by} s ${delivery.offset < 0 ? 'ahead' : 'behind'}`,
          measures: [reads(member, 'patrolog_delivery_offset', delivery.at, `offset ${by} s`)],
        })
    }
  },
})

function isZone(offset: number, tolerance: number): boolean {
  const rest = Math.abs(offset) % ZONES
  return Math.abs(offset) > ZONES / 2 && Math.min(rest, ZONES - rest) <= tolerance
}
