import { primarySince } from '../src/model/leadership.ts'
import { isRunningPrimary, lastOf, membersOf } from '../src/model/picture.ts'
import { plannedFor } from '../src/model/planned-work.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import type { Member } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'failsafe-did-not-hold',
    summary: 'A leader demoted itself although failsafe mode was to hold it up',
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: {},
    mutedBy: ['switchover'],
    inhibits: [],
    needs: ['Patroni lines of the leader'],
    fires:
      'Demotion without a request within ttl of accepted failsafe calls, or after a refused lock update while failsafe mode is configured or in force.',
    ends: 'A running primary is proven.',
    silent: 'Switchover, graceful stop, failsafe mode not in use.',
    blindSpots: [
      'Whether failsafe mode is configured is known only from /config or from the configuration of patrolog.',
    ],
    falseAlarms: [],
    remedy: [
      'patronictl list {scope}',
      '# a DCS that answers "no" (401, 409) is not covered by failsafe mode: check the access of {member}',
    ],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) {
      const demoted = member.said.get('demotion.started') ?? member.said.get('demotion.completed')
      if (demoted === undefined) continue
      const primary = primarySince(cluster, demoted.at)
      if (primary !== undefined)
        yield clear(member.name, `${primary.name} runs as primary since ${clock.hms(primary.primary.since)}`)
      else if (
        !isRunningPrimary(member) &&
        unheld(member, demoted.at) &&
        plannedFor(member, clock, 'stop') === undefined
      )
        yield fire({
          subject: member.name,
          member: member.name,
          since: demoted.at,
          summary: `${member.name} demoted itself at ${clock.hms(demoted.at)} although failsafe mode was in use`,
          claims: says(member, 'failsafe.holding', 'failsafe.peer-accepted'),
          evidence: [demoted.evidence(), ...lines(member, 'lock.update-failed', 'lock.acquire-failed')],
        })
    }
  },
})

function unheld(member: Member, demoted: number): boolean {
  const { ttl, failsafeMode } = member.cluster.timings
  if (member.said.get('demotion.started')?.params.mode === 'graceful') return false
  const held = lastOf(member, 'failsafe.holding', 'failsafe.peer-accepted')
  const refused = lastOf(member, 'lock.update-failed', 'lock.acquire-failed')
  return (
    (held <= demoted && demoted - held <= ttl) ||
    (failsafeMode === true && refused <= demoted && demoted - refused <= ttl)
  )
}
