import { lastOf, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import type { Member } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<'window' | 'overruns'>({
  meta: {
    id: 'loop-too-slow',
    summary: 'The HA loop takes longer than loop_wait again and again',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {
      overruns: { default: 5, unit: 'count', means: 'so many overruns' },
      window: { default: 600_000, unit: 'duration', means: 'within so long; so long without one ends it' },
    },
    mutedBy: ['stop', 'restart', 'switchover', 'rebuild', 'rolling-update'],
    inhibits: [],
    needs: ['Patroni lines of the member'],
    fires: 'Five overruns of the loop within 10 min.',
    ends: '10 min without one.',
    silent: 'Overruns of a member that could not reach the DCS meanwhile, or while work on it is planned.',
    blindSpots: ['At log level ERROR the line is not written.'],
    falseAlarms: ['A DCS that answers slowly but does answer.'],
    remedy: [
      '# what takes so long on {member}: its disk, its CPU, a slow DCS, a hanging pg_isready',
      'etcdctl endpoint status -w table   # or: the latency of the Kubernetes API',
    ],
  },
  *check(cluster, clock, { window, overruns }) {
    for (const member of membersOf(cluster)) {
      const times = member.history.overruns
      const last = times.at(-1)
      if (last === undefined) continue
      const first = times.at(-overruns)
      if (clock.past(last, window)) yield clear(member.name, `no overrun since ${clock.hms(last)}`)
      else if (dcsTrouble(member) > last - window) yield unknown(member.name, 'the DCS was away meanwhile')
      else if (first !== undefined && last - first <= window)
        yield fire({
          subject: member.name,
          member: member.name,
          since: first,
          summary: `the HA loop of ${member.name} overran loop_wait ${overruns} times within ${window / 60_000} min`,
          claims: says(member, 'loop.overrun'),
        })
    }
  },
})

/** Each loop of an outage overruns: dcs-unreachable says so. */
function dcsTrouble(member: Member): number {
  return lastOf(member, 'dcs.unreachable', 'failsafe.holding', 'lock.update-failed')
}
