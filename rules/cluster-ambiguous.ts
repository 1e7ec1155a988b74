import { lastOf, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { lines, reads } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'cluster-ambiguous',
    summary: 'Members under one cluster name belong to different databases',
    scope: 'cluster',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['samples with database_system_identifier, or Patroni lines of the member'],
    fires:
      'Two members under one cluster name have different system identifiers at the same time, or Patroni refuses to run a member because its data are of another cluster.',
    ends: 'One name, one identifier.',
    silent:
      'A member that is being rebuilt; members that give no identifier; who was stopped before another came back with a new database.',
    blindSpots: ['Prometheus metrics carry no identifier.'],
    falseAlarms: [],
    remedy: [
      '# two clusters share the scope: name their namespaces, or map them in the configuration',
      'curl -s http://{member}:8008/patroni | jq .database_system_identifier',
    ],
  },
  *check(cluster, clock) {
    const refused = membersOf(cluster).find((member) => refuses(member))
    if (refused !== undefined) return yield foreign(refused)
    const known = membersOf(cluster).filter((member) => fresh(member))
    if (known.length < 2) return yield unknown(cluster.name, 'fewer than two identifiers are known')
    const identifiers = new Set(known.map((member) => member.measure.systemId?.value))
    if (identifiers.size === 1) return yield clear(cluster.name, 'all members have one identifier')
    const since = disagreeSince(known)
    if (since === NEVER) return yield unknown(cluster.name, 'no two of them were read at the same time')
    yield fire({
      subject: cluster.name,
      member: null,
      since,
      summary: `members of ${cluster.name} belong to ${identifiers.size} different databases`,
      measures: known.map((member) =>
        reads(
          member,
          'database_system_identifier',
          member.measure.systemId?.time ?? clock.now,
          member.measure.systemId?.value ?? '',
        ),
      ),
    })
  },
})

/** Patroni ended because the data are of another cluster, and has not run with better ones since. */
function refuses(member: Member): boolean {
  const word = lastOf(member, 'patroni.system-id-mismatch')
  return word !== NEVER && lastOf(member, 'follower.confirmed', 'leader.confirmed', 'reinit.started') < word
}

function foreign(member: Member): Verdict {
  return fire({
    subject: member.cluster.name,
    member: member.name,
    since: lastOf(member, 'patroni.system-id-mismatch'),
    summary: `Patroni of ${member.name} does not run: its data are of another cluster`,
    evidence: lines(member, 'patroni.system-id-mismatch'),
  })
}

/**
 * Since when two of them read differently at the same time: one was still read when the other had begun to. Who was stopped before
 * another came back with a new database may be set up anew with that one.
 */
function disagreeSince(members: readonly Member[]): number {
  const read = members.flatMap(({ measure }) => measure.systemId ?? [])
  let first = Number.POSITIVE_INFINITY
  for (const one of read)
    for (const other of read) {
      const since = Math.max(one.since, other.since)
      if (one.value !== other.value && Math.min(one.time, other.time) >= since) first = Math.min(first, since)
    }
  return first === Number.POSITIVE_INFINITY ? NEVER : first
}

/** Its identifier was read with its latest samples, so that a member set up anew counts with the new one. */
function fresh(member: Member): boolean {
  const { systemId, sampled } = member.measure
  return systemId !== undefined && sampled.at - systemId.time < 60_000
}
