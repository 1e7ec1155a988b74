import type { Clock } from '../src/model/clock.ts'
import { isOfPatroni, wordOf } from '../src/model/hearing.ts'
import { lastOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Cluster, type Member, NEVER } from '../src/model/state.ts'
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
      'For ttl neither a line nor a sample of it, or only lines which say that it reaches no DCS, and the leader does not list it, or no member answers any more. Info after a graceful stop.',
    ends: 'It is back; or it is gone.',
    silent: 'As long as anybody names it.',
    blindSpots: [
      'Without /cluster of the leader nobody can be known to have forgotten it.',
      'All members dead at once, and none of them polled: the absence of lines proves nothing.',
    ],
    falseAlarms: [],
    remedy: ['patronictl list {scope}', 'kubectl get pod {member}   # or: ping {member}'],
  },
  *check(cluster, clock) {
    const forgotten = forgottenSince(cluster, clock)
    for (const member of cluster.members.values()) yield judge(member, forgotten, clock)
  },
})

function judge(member: Member, forgotten: number | null, clock: Clock): Verdict {
  if (member.claim.membership.value === 'gone')
    return clear(member.name, member.claim.membership.because, { reason: 'member gone' })
  if (!isOfPatroni(member)) return unknown(member.name, 'nothing but its PostgreSQL was ever heard')
  // Its log may go on reaching us; when it says that it reaches nobody, that is no contact with its cluster.
  const { dcs } = member.claim
  const isolated = dcs.value === 'unreachable' && !clock.past(complained(member), patience(member))
  const word = isolated ? Math.max(dcs.since, member.measure.sampled.at) : wordOf(member, clock.now)
  if (word === NEVER) return unknown(member.name, 'it was never heard')
  const unnamed = droppedSince(member) ?? forgotten
  if (unnamed === null && clock.now - (member.listed?.at ?? NEVER) <= patience(member))
    return clear(member.name, `${member.name} is listed`)
  // Where nobody is known to have left it out there is no date to wait for.
  const silent = unnamed === null ? clock.now >= word + patience(member) : clock.past(word, patience(member))
  if (!silent) return clear(member.name, `${member.name} is heard again`)
  if (unnamed === null) return unknown(member.name, 'no list of members was seen of late')
  const asked = stoppedOnPurpose(member)
  const since = Math.max(word, unnamed)
  return fire({
    subject: member.name,
    member: member.name,
    since,
    for: member.cluster.timings.ttl,
    severity: asked ? 'info' : 'warning',
    summary: sentence(member, clock.hms(since), isolated, asked),
    claims: says(member, 'leader.confirmed', 'follower.confirmed', 'dcs.unreachable'),
  })
}

/** When it last said that it does not reach the DCS; during a demotion that hangs its HA loop says nothing, but its client does. */
function complained(member: Member): number {
  return Math.max(member.claim.dcs.at, lastOf(member, 'dcs.request-failed', 'dcs.watch-broken'))
}

function sentence({ name }: Member, since: string, isolated: boolean, asked: boolean): string {
  if (isolated) return `${name} is cut off since ${since}: it says that it reaches no DCS, and no member lists it`
  return `nothing is heard of ${name} and no member lists it since ${since}${asked ? ': it was stopped on purpose' : ''}`
}

/** Since when the leader lists others and not it; null as long as it does, or where no list was seen. */
function droppedSince({ unlistedSince: since, listed }: Member): number | null {
  return since >= (listed?.at ?? NEVER) ? since : null
}

/** When the DCS forgot a cluster none of whose members is heard, though they are asked: ttl after the last word; else null. */
function forgottenSince(cluster: Cluster, clock: Clock): number | null {
  const members = [...cluster.members.values()].filter(({ claim }) => claim.membership.value !== 'gone')
  const asked = members.filter(({ measure }) => measure.sampled.at !== NEVER || measure.failed !== undefined)
  if (asked.length === 0 || asked.some(({ measure }) => measure.failed === undefined)) return null
  let last = NEVER
  for (const member of members) {
    const word = wordOf(member, clock.now)
    if (word !== NEVER && !clock.past(word, patience(member))) return null
    last = Math.max(last, word)
  }
  return last + cluster.timings.ttl
}

/** So long a member may say nothing, ms. */
function patience({ cluster, measure }: Member): number {
  return Math.max(cluster.timings.ttl, 2 * measure.spacing)
}

function stoppedOnPurpose(member: Member): boolean {
  return (
    member.claim.membership.value === 'leaving' ||
    member.cluster.planned.some(
      (action) => action.kind === 'stop' && action.member === member.name && action.done === undefined,
    )
  )
}
