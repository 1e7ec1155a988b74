import type { Clock } from '../src/model/clock.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { heardUpTo, type Member, NEVER } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'member-lost',
    summary: 'Nobody hears or names a member',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: ['pause', 'rolling-update'],
    inhibits: ['patroni-silent'],
    needs: ['Patroni lines of the members, and /cluster of the leader'],
    fires:
      'For ttl neither a line nor a sample of it, or only lines which say that it reaches no DCS, and the leader does not list it. Info after a graceful stop.',
    ends: 'It is back; or it is gone.',
    silent: 'As long as anybody names it.',
    blindSpots: ['Without /cluster of the leader nobody can be known to have forgotten it.'],
    falseAlarms: [],
    remedy: ['patronictl list {scope}', 'kubectl get pod {member}   # or: ping {member}'],
  },
  *check(cluster, clock) {
    for (const member of cluster.members.values()) yield judge(member, clock)
  },
})

function judge(member: Member, clock: Clock): Verdict {
  if (member.claim.membership.value === 'gone')
    return clear(member.name, member.claim.membership.because, { reason: 'member gone' })
  const isolated = member.claim.dcs.value === 'unreachable'
  const word = isolated ? Math.max(member.claim.dcs.since, member.measure.sampled.at) : wordOf(member, clock)
  if (word === NEVER) return unknown(member.name, 'it was never heard')
  if (Number.isNaN(member.unlistedSince) || member.unlistedSince < (member.listed?.at ?? NEVER))
    return member.listed === undefined
      ? unknown(member.name, 'no list of members was seen')
      : clear(member.name, `${member.name} is listed again`)
  const { ttl } = member.cluster.timings
  if (!clock.past(word, Math.max(ttl, 2 * member.measure.spacing)))
    return clear(member.name, `${member.name} is heard again`)
  const asked = stoppedOnPurpose(member)
  const since = Math.max(word, member.unlistedSince)
  return fire({
    subject: member.name,
    member: member.name,
    since,
    for: ttl,
    severity: asked ? 'info' : 'warning',
    summary: sentence(member, clock.hms(since), isolated, asked),
    claims: says(member, 'leader.confirmed', 'follower.confirmed', 'dcs.unreachable'),
  })
}

function sentence({ name }: Member, since: string, isolated: boolean, asked: boolean): string {
  if (isolated) return `${name} is cut off since ${since}: it says that it reaches no DCS, and nobody lists it`
  return `nobody hears or names ${name} since ${since}${asked ? ': it was stopped on purpose' : ''}`
}

/** Its log may go on reaching us; when it says that it reaches nobody, that is no contact with its cluster. */
function wordOf(member: Member, clock: Clock): number {
  return Math.max(member.heard.at, heardUpTo(member.postgresHeard, clock.now), member.measure.sampled.at)
}

function stoppedOnPurpose(member: Member): boolean {
  return (
    member.claim.membership.value === 'leaving' ||
    member.cluster.planned.some(
      (action) => action.kind === 'stop' && action.member === member.name && action.done === undefined,
    )
  )
}
