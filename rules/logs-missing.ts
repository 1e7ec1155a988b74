import { isLogged } from '../src/model/hearing.ts'
import { membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { NEVER } from '../src/model/state.ts'

export default rule<'patience'>({
  meta: {
    id: 'logs-missing',
    summary: 'A member gives samples but no log',
    scope: 'member',
    severity: 'info',
    for: 0,
    params: { patience: { default: 300_000, unit: 'duration', means: 'so long without a line of its Patroni' } },
    mutedBy: ['stop', 'restart', 'rebuild', 'rolling-update'],
    inhibits: [],
    needs: ['Patroni lines of other members of the cluster', 'samples of the member'],
    fires: 'It answers for 5 min without a line of its Patroni, although lines of this cluster were seen.',
    ends: 'A line of it.',
    silent:
      'Clusters without logs; a member whose heartbeats are not regular (de-duplicated, level above INFO) and that was heard once.',
    blindSpots: ['A cluster without any log is not looked at.'],
    falseAlarms: [],
    remedy: ['# is the shipper of {member} running, and does it read the right file?'],
  },
  *check(cluster, clock, { patience }) {
    const logged = isLogged(cluster)
    for (const member of membersOf(cluster)) {
      const { heard, heartbeat, measure } = member
      const since = heard.at === NEVER ? member.firstSeen : heard.at
      if (!logged || measure.sampled.at === NEVER) yield unknown(member.name, 'no logs, or no samples')
      else if (!clock.past(heard.at === NEVER ? member.firstSeen : heard, patience)) {
        if (heard.at !== NEVER) yield clear(member.name, `lines of ${member.name} are read again`)
      } else if (measure.sampled.at < since + patience) yield unknown(member.name, 'its samples ended as well')
      else if (heard.at !== NEVER && heartbeat === 0)
        yield unknown(member.name, 'it speaks when it has something to say')
      else
        yield fire({
          subject: member.name,
          member: member.name,
          since,
          summary: `${member.name} answers but no line of its Patroni was read since ${clock.hms(since)}`,
        })
    }
  },
})
