import { membersOf } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<'times' | 'window'>({
  meta: {
    id: 'demote-promote-flap',
    summary: 'A member loses and regains the primary role again and again',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {
      times: { default: 3, unit: 'count', means: 'so many promotions after a demotion of its own' },
      window: { default: 86_400_000, unit: 'duration', means: 'within so long; so long without one ends it' },
    },
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the member'],
    fires: 'The same member demoted itself and was promoted three times within 24 h.',
    ends: '24 h without.',
    silent: 'Switchovers, restarts and graceful stops that were asked for.',
    blindSpots: ['At log level WARNING no line tells of a demotion.'],
    falseAlarms: [],
    remedy: [
      'patronictl history {scope}',
      '# a DCS that comes and goes, a loaded host, ttl too short for retry_timeout',
    ],
  },
  *check(cluster, clock, { times, window }) {
    for (const member of membersOf(cluster)) {
      const { comebacks } = member.history
      const last = comebacks.at(-1)
      if (last === undefined) continue
      const first = comebacks.at(-times)
      if (clock.past(last, window)) yield clear(member.name, `no promotion after a demotion since ${clock.hms(last)}`)
      else if (first !== undefined && last - first <= window)
        yield fire({
          subject: member.name,
          member: member.name,
          since: last,
          summary: `${member.name} demoted itself and was promoted again ${times} times since ${clock.hms(first)}`,
          claims: says(member, 'promotion.started'),
          evidence: lines(member, 'demotion.started', 'lock.lost', 'lock.update-failed', 'promotion.started'),
        })
    }
  },
})
