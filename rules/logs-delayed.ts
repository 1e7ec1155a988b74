import { membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { reads } from '../src/model/statement.ts'

export default rule<'limit'>({
  meta: {
    id: 'logs-delayed',
    summary: 'Lines of a member arrive later and later',
    scope: 'member',
    severity: 'info',
    for: 0,
    params: { limit: { default: 60_000, unit: 'duration', means: 'delay, beyond the offset of its clock' } },
    mutedBy: [],
    inhibits: [],
    needs: ['arrival times: live only'],
    fires: 'Live only: its lines arrive more than 60 s after they were written, and the delay grows.',
    ends: 'The delay is below it again.',
    silent: 'Replay; a delay that shrinks; a clock that differs by a constant: see clock-skewed.',
    blindSpots: ['A shipper that died delivers nothing, so nothing late: see logs-missing.'],
    falseAlarms: ['A shipper that was restarted and reads what it missed.'],
    remedy: ['# the queue of the shipper on {member}, and its way to the broker'],
  },
  *check(cluster, clock, { limit }) {
    for (const member of membersOf(cluster)) {
      const { delivery } = member
      if (delivery === undefined) continue
      if (delivery.delay < limit) yield clear(member.name, `lines of ${member.name} arrive in time again`)
      else if (delivery.delay <= delivery.delayBefore) yield unknown(member.name, 'the delay does not grow')
      else
        yield fire({
          subject: member.name,
          member: member.name,
          since: delivery.growingSince,
          summary: `lines of ${member.name} arrive later and later since ${clock.hms(delivery.growingSince)}`,
          measures: [
            reads(member, 'patrolog_delivery_delay', delivery.at, `${Math.round(delivery.delay / 1000)} s late`),
          ],
        })
    }
  },
})
