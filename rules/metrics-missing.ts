import type { Clock } from '../src/model/clock.ts'
import { hasCome, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'

export default rule<'patience'>({
  meta: {
    id: 'metrics-missing',
    summary: 'A member writes logs but gives no samples',
    scope: 'member',
    severity: 'info',
    for: 0,
    params: { patience: { default: 300_000, unit: 'duration', means: 'so long without a sample' } },
    mutedBy: ['stop', 'restart', 'rebuild', 'rolling-update'],
    inhibits: [],
    needs: ['samples, or polls and scrapes that failed, of the cluster'],
    fires:
      'Its log goes on for 5 min without a sample of it, although members of this cluster were measured, or asked in vain. Says whether its polls or scrapes (`up`) failed.',
    ends: 'A sample of it.',
    silent: 'Clusters without metrics.',
    blindSpots: [
      'A cluster that nobody asks for metrics is not looked at.',
      '`up` of a target counts once the target has given readings: it names no member.',
    ],
    falseAlarms: [],
    remedy: ['curl -s http://{member}:8008/metrics | head', '# is it in the scrape targets?'],
  },
  *check(cluster, clock, { patience }) {
    const measured = [...cluster.members.values()].some(
      ({ measure }) => measure.asked.at !== NEVER || measure.failed !== undefined,
    )
    for (const member of membersOf(cluster)) {
      const { asked } = member.measure
      const since = asked.at === NEVER ? member.firstSeen : asked.at
      if (!measured || member.heard.at === NEVER) yield unknown(member.name, 'no metrics, or no log')
      else if (!clock.past(asked.at === NEVER ? member.firstSeen : asked, patience)) {
        if (asked.at !== NEVER) yield clear(member.name, `${member.name} is measured again`)
      } else if (!hasCome(member.heard, since + patience, clock)) yield unknown(member.name, 'its log ended as well')
      else
        yield fire({
          subject: member.name,
          member: member.name,
          since,
          summary: `${member.name} writes logs but no sample of it was read since ${clock.hms(since)}${why(member, clock)}`,
        })
    }
  },
})

/** A poll or a scrape that failed tells that the member was asked. */
function why({ measure: { failed } }: Member, clock: Clock): string {
  if (failed === undefined) return ''
  const who = failed.path === 'postgres_exporter' ? 'its postgres_exporter' : `its ${failed.path}`
  return `: ${who} does not answer since ${clock.hms(failed.time)} (${failed.error})`
}
