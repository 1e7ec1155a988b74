import { hasFollowed } from '../src/model/leadership.ts'
import { lastOf, membersOf, streamingOf } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { type Cluster, type Member, NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<'patience'>({
  meta: {
    id: 'switchover-failed',
    summary: 'A switchover was accepted and nobody was promoted',
    scope: 'cluster',
    severity: 'info',
    for: 0,
    params: { patience: { default: 60_000, unit: 'duration', means: 'so long after the leader began it' } },
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the leader'],
    fires: 'The leader began a switchover or failover on request, and 60 s later no member was promoted.',
    ends: 'A member is promoted, or a running primary is proven that began after the request; or who was asked streams from another one.',
    silent: 'A request that was refused, or is scheduled for later.',
    blindSpots: ['A refusal is not logged: a request that the leader never began is not looked at.'],
    falseAlarms: [],
    remedy: ['patronictl list {scope}', 'patronictl history {scope}'],
  },
  *check(cluster, clock, { patience }) {
    const asked = latestBegun(cluster)
    if (asked === undefined) return
    const begun = lastOf(asked, 'switchover.started')
    const promoted = promotionAfter(asked, begun)
    if (promoted !== undefined) return yield clear(cluster.name, `${promoted.name} was promoted`)
    const change = cluster.leaderChange
    if (change !== null && change.from === asked.name && change.at > begun - CLOCKS)
      return yield clear(cluster.name, `${change.to} holds the leader lock`, { evidence: change.evidence })
    if (hasFollowed(asked, begun))
      return yield clear(cluster.name, `${asked.name} streams from another one`, {
        evidence: streamingOf(asked).evidence,
      })
    yield fire({
      subject: cluster.name,
      member: asked.name,
      since: begun,
      for: patience,
      summary: `the switchover that ${asked.name} began at ${clock.hms(begun)} ended without a promotion`,
      claims: says(asked, 'switchover.started'),
      evidence: lines(asked, 'switchover.requested', 'switchover.rejected', 'demotion.running'),
    })
  },
})

function latestBegun(cluster: Cluster): Member | undefined {
  let latest: Member | undefined
  let at = NEVER
  for (const member of membersOf(cluster)) {
    const begun = lastOf(member, 'switchover.started')
    if (begun > at) [latest, at] = [member, begun]
  }
  return latest
}

/** Clocks of two members may differ by a little. */
const CLOCKS = 2_000

/** Who was promoted; that the one who was asked runs as primary all the while is no promotion. */
function promotionAfter(asked: Member, begun: number): Member | undefined {
  return membersOf(asked.cluster).find(
    (member) =>
      lastOf(member, 'promotion.started', 'promotion.completed') > begun - CLOCKS ||
      (member !== asked && member.primary.since > begun),
  )
}
