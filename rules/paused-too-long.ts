import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Cluster, type Member, NEVER } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<'longest'>({
  meta: {
    id: 'paused-too-long',
    summary: 'The cluster is in maintenance mode for long: nobody would be promoted',
    scope: 'cluster',
    severity: 'warning',
    for: 0,
    params: { longest: { default: 3_600_000, unit: 'duration', means: 'a pause may last so long' } },
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the members, or their REST API'],
    fires: 'The cluster is paused for an hour.',
    ends: 'It is resumed.',
    silent: 'A shorter pause.',
    blindSpots: ['At log level WARNING, and without REST, no line speaks of the pause.'],
    falseAlarms: [],
    remedy: ['patronictl resume {scope}'],
  },
  *check(cluster, clock, { longest }) {
    const word = latestWord(cluster)
    if (word === undefined) return yield unknown(cluster.name, 'nobody speaks of a pause')
    const { paused } = word.claim
    if (paused.value === 'no') return yield clear(cluster.name, paused.because, { evidence: paused.evidence })
    const since = pausedSince(cluster)
    yield fire({
      subject: cluster.name,
      member: null,
      since,
      for: longest,
      summary: `${cluster.name} is paused since ${clock.hms(since)}: a dead leader would not be replaced`,
      claims: says(word, 'leader.confirmed', 'follower.confirmed', 'race.no-leader'),
      evidence: paused.evidence,
    })
  },
})

/** The member that spoke last of the pause, or of its absence. */
function latestWord(cluster: Cluster): Member | undefined {
  let latest: Member | undefined
  for (const member of cluster.members.values())
    if (member.claim.paused.at > (latest?.claim.paused.at ?? NEVER)) latest = member
  return latest
}

/** Every member says so some time: the first one of those that still do. */
function pausedSince(cluster: Cluster): number {
  let since = Number.POSITIVE_INFINITY
  for (const { claim } of cluster.members.values())
    if (claim.paused.value === 'yes') since = Math.min(since, claim.paused.since)
  return since
}
