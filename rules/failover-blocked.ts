import type { Clock } from '../src/model/clock.ts'
import { allStopped, isStandbyCluster, leaderProof } from '../src/model/leadership.ts'
import { lastOf, loopOf, membersOf, runningPrimary, seriesSince } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Cluster, type Member, NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

/** By these lines a member refuses to be promoted for a reason of its own. */
const REFUSALS = {
  'race.lag-exceeded': 'lag',
  'race.not-allowed': 'nofailover',
  'race.timeline-behind': 'timeline',
  'watchdog.unusable': 'watchdog',
} as const
const TYPES = Object.keys(REFUSALS)

export default rule<'patience'>({
  meta: {
    id: 'failover-blocked',
    summary: 'There is no leader and every member that is left refuses to be promoted',
    scope: 'cluster',
    severity: 'critical',
    for: 0,
    params: { patience: { default: 30_000, unit: 'duration', means: 'all of them refuse for so long' } },
    mutedBy: ['pause', 'switchover', 'stop', 'restart', 'rolling-update'],
    inhibits: [],
    needs: ['Patroni lines of the members'],
    fires: 'No leader was proven for ttl, and each member that speaks refuses: lag, nofailover, watchdog, timeline.',
    ends: 'A leader or a running primary is proven.',
    silent:
      'Pause, standby cluster, a graceful stop of all; a member that takes part in the race and only waits for a better one.',
    blindSpots: ['A member that is neither heard nor measured is taken as dead.'],
    falseAlarms: [],
    remedy: [
      'patronictl list {scope}',
      '# choose the member with the newest position, then:',
      'patronictl failover {scope} --candidate <member> --force',
    ],
  },
  *check(cluster, clock, { patience }) {
    const proof = lastLed(cluster)
    if (proof === NEVER || isStandbyCluster(cluster)) return yield unknown(cluster.name, 'no leader was seen yet')
    const members = membersOf(cluster)
    // Asked first: where nobody refuses it does not matter who speaks, a date that moves with each heartbeat.
    if (members.every((member) => refusalOf(member, proof, clock) === null)) return yield verdictOf(cluster, proof)
    const left = members.filter((member) => speaks(member, clock))
    const refusals = left.flatMap((member) => {
      const refusal = refusalOf(member, proof, clock)
      return refusal === null ? [] : [{ member, ...refusal }]
    })
    if (refusals.length === 0 || refusals.length < left.length) return yield verdictOf(cluster, proof)
    if (left.length < 2 && leaderProof(cluster) === NEVER)
      return yield unknown(cluster.name, 'the view of one alone may be stale')
    if (allStopped(cluster, clock)) return yield unknown(cluster.name, 'all are stopped')
    const newest = Math.max(...refusals.map(({ at }) => at))
    if (newest - proof <= cluster.timings.ttl) return yield unknown(cluster.name, 'a leader was proven within ttl')
    yield fire({
      subject: cluster.name,
      member: null,
      since: Math.max(...refusals.map((each) => each.since)),
      for: patience,
      summary: `no leader since ${clock.hms(proof)} and no member may be promoted: ${refusals.map(({ member, why }) => `${member.name} (${why})`).join(', ')}`,
      claims: left.flatMap((member) => says(member, ...TYPES)),
      evidence: left.flatMap((member) => lines(member, ...TYPES)),
    })
  },
})

/** The last proof of a leader; where its lines are not here, the last time that somebody followed one. */
function lastLed(cluster: Cluster): number {
  const proof = leaderProof(cluster)
  return proof === NEVER ? Math.max(...membersOf(cluster).map((member) => lastOf(member, 'follower.confirmed'))) : proof
}

function verdictOf(cluster: Cluster, proof: number) {
  const primary = runningPrimary(cluster)
  const refused = Math.max(...membersOf(cluster).map((member) => lastOf(member, ...TYPES)))
  if (primary === undefined || proof <= refused)
    return unknown(cluster.name, 'somebody does not refuse, but there is no leader since')
  return clear(cluster.name, `${primary.name} is the running primary`, { evidence: primary.primary.evidence })
}

/** Its Patroni was heard, or answered, within three loops. */
function speaks(member: Member, clock: Clock): boolean {
  const patience = 3 * loopOf(member)
  return !clock.past(member.heard, patience) || !clock.past(member.measure.sampled, patience)
}

interface Refusal {
  readonly at: number
  readonly since: number
  readonly why: string
}

/** Its refusal in the present or the last cycle, if there was no leader before it. */
function refusalOf(member: Member, proof: number, clock: Clock): Refusal | null {
  let latest: Refusal | null = null
  for (const [type, why] of Object.entries(REFUSALS)) {
    const at = lastOf(member, type)
    const said = member.said.get(type)
    if (said === undefined || at <= proof || at <= (latest?.at ?? NEVER) || said.params.paused !== undefined) continue
    latest = { at, since: seriesSince(said, proof, NEVER) ?? at, why }
  }
  if (latest !== null && !clock.past(latest.at, 2.5 * loopOf(member))) return latest
  // Who may not be promoted says so only when it is asked: its tag speaks for it.
  return member.kind.nofailover ? { at: NEVER, since: NEVER, why: 'nofailover' } : null
}
