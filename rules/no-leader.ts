import type { Clock } from '../src/model/clock.ts'
import {
  allStopped,
  isStandbyCluster,
  leaderProof,
  namedLeader,
  namesSuccessor,
  underListed,
} from '../src/model/leadership.ts'
import { lastOf, membersOf, runningPrimary } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Cluster, type Member, NEVER } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<'measured'>({
  meta: {
    id: 'no-leader',
    summary: 'The cluster has no leader',
    scope: 'cluster',
    severity: 'critical',
    for: 0,
    params: {
      measured: {
        default: 15_000,
        unit: 'duration',
        means: 'no running primary for so long while every member answers',
      },
    },
    mutedBy: ['pause', 'switchover', 'stop', 'restart', 'rolling-update'],
    inhibits: [
      'replica-stalled',
      'replica-without-upstream',
      'replica-view-stale',
      'leader-not-primary',
      'writes-rejected',
    ],
    needs: ['Patroni lines or samples of the members'],
    fires:
      'Some member proves that there is no leader, more than ttl after the last proof of one; or every member answers and none was a running primary for 15 s.',
    ends: 'A leader or a running primary is proven.',
    silent: 'First bootstrap, pause, a graceful stop of all members; failsafe mode; absence of lines.',
    blindSpots: ['Members that say nothing at all prove nothing.'],
    falseAlarms: [],
    remedy: [
      'patronictl list {scope}',
      'patronictl history {scope}',
      '# is the DCS up; does any member refuse to promote: see failover-blocked',
    ],
  },
  *check(cluster, clock, { measured }) {
    if (isStandbyCluster(cluster)) return yield unknown(cluster.name, 'a standby cluster')
    const proof = leaderProof(cluster)
    const none = noLeaderProof(cluster)
    if (proof === NEVER) return yield neverLed(cluster, none, clock)
    if (allStopped(cluster, clock)) return yield unknown(cluster.name, 'all members were stopped on purpose')
    const ended = endOfPrimary(cluster)
    if (
      ended !== null &&
      allAnswer(cluster, ended) &&
      clock.past(ended, measured) &&
      measuredNone(cluster, ended, measured)
    )
      return yield report(cluster, ended, withoutPrimary(cluster, ended, clock))
    const listed = underListed(cluster, Math.max(proof, none?.at ?? NEVER), clock)
    if (listed !== undefined) return yield listed
    if (none === null || none.at <= proof) return yield verdictOf(cluster)
    const names = namesSuccessor(cluster, null, none.at)
    if (names !== undefined) return yield unknown(cluster.name, `${names.name} names ${namedLeader(names)}`)
    const begun = beganToBeWithout(none.member, proof)
    if (!outlasts(none, begun, clock)) return yield unknown(cluster.name, 'a leader was proven within ttl')
    const since = Math.max(begun, ended ?? NEVER)
    yield report(cluster, since, `no leader since ${clock.hms(since)}`, none.member)
  },
})

/** Logs that begin in the outage name no leader; in a first bootstrap there is none either. */
function neverLed(cluster: Cluster, none: NoLeader | null, clock: Clock): Verdict {
  const first = none === null ? NEVER : firstWord(none.member)
  if (none === null || bootstraps(cluster)) return unknown(cluster.name, 'no leader was seen yet')
  if (membersOf(cluster).some((member) => namedLeader(member) !== null))
    return unknown(cluster.name, 'some member names a leader')
  if (!outlasts(none, first, clock)) return unknown(cluster.name, 'not without a leader for longer than ttl')
  const led = namedBefore(cluster, first)
  const before =
    led === undefined ? ', nor was there one when the first lines were written' : `: ${led} was the last one named`
  return report(cluster, first, `no leader${before}`, none.member)
}

/** Whom a member followed up to `time`, by its own words. */
function namedBefore(cluster: Cluster, time: number): string | undefined {
  const followed = membersOf(cluster).flatMap(({ said }) => said.get('follower.confirmed') ?? [])
  return (
    followed.find(({ at, params: { leader } }) => at <= time && typeof leader === 'string')?.params.leader ?? undefined
  )
}

/** The latest word of there being no leader, and whose it is. */
interface NoLeader {
  readonly at: number
  readonly member: Member
}

/** Whether there still is none a ttl later. Who goes on to say so says nothing new: each word of it is asked about until then. */
function outlasts({ at, member }: NoLeader, begun: number, clock: Clock): boolean {
  if (at - begun > member.cluster.timings.ttl) return true
  clock.past(member.heard, 0)
  return false
}

/** What is said each loop is not kept for ever: the view that it led to is. */
function firstWord({ said, claim: { lockView } }: Member): number {
  const words = [...RACES, 'lock.owner-seen'].map((type) => said.get(type)?.times[0] ?? Number.POSITIVE_INFINITY)
  return Math.min(...words, lockView.value === 'none' ? lockView.since : Number.POSITIVE_INFINITY)
}

/** A lease that is not renewed is seen to have expired within so many ttl. */
const SEEN = 2

/**
 * Since when there is no leader: since the last proof of one; since it was seen that there is none, where that came so long after that
 * lines in between are missing, left out by whoever quoted them.
 */
function beganToBeWithout({ cluster, claim: { lockView } }: Member, proof: number): number {
  return lockView.value === 'none' && lockView.since - proof > SEEN * cluster.timings.ttl ? lockView.since : proof
}

function bootstraps(cluster: Cluster): boolean {
  return membersOf(cluster).some(
    (member) => lastOf(member, 'bootstrap.started', 'bootstrap.running', 'bootstrap.waiting') > NEVER,
  )
}

function verdictOf(cluster: Cluster): Verdict {
  const primary = runningPrimary(cluster)
  if (primary !== undefined) return clear(cluster.name, `${primary.name} leads`)
  return unknown(cluster.name, 'nothing newer proves or disproves a leader')
}

/** The witness changes from check to check, the sentence does not: a change of it is news. */
function report(cluster: Cluster, since: number, summary: string, witness?: Member) {
  return fire({
    subject: cluster.name,
    member: null,
    since,
    summary,
    claims: witness === undefined ? [] : says(witness, 'lock.owner-seen', 'race.not-healthiest', 'race.no-leader'),
    evidence: membersOf(cluster).flatMap((member) => member.primary.evidence),
  })
}

function withoutPrimary(cluster: Cluster, since: number, clock: Clock): string {
  const held = holder(cluster, since)
  return held === undefined
    ? `no leader since ${clock.hms(since)}`
    : `${held} holds the leader lock, but no member runs as primary since ${clock.hms(since)}`
}

/** Who renews the lock although it is no primary. */
function holder({ leader, members }: Cluster, since: number): string | undefined {
  const member = members.get(leader?.name ?? '')
  return member !== undefined && lastOf(member, 'leader.confirmed') > since ? member.name : undefined
}

function noLeaderProof(cluster: Cluster): NoLeader | null {
  let latest: NoLeader | null = null
  for (const member of cluster.members.values()) {
    const at = Math.max(raceAt(member), ownerNone(member), unlocked(member))
    if (at > (latest?.at ?? NEVER)) latest = { at, member }
  }
  return latest
}

/** Lines of a race for the lock: nobody holds it in the view of who writes them. */
const RACES = ['race.not-healthiest', 'race.lag-exceeded', 'race.not-allowed', 'race.timeline-behind']

function raceAt(member: Member): number {
  let at = triedInVain(member)
  for (const type of RACES) {
    const said = member.said.get(type)
    if (said !== undefined && said.params.paused === undefined) at = Math.max(at, said.at)
  }
  return at
}

/** It tried for the lock in two loops in a row and did not get it; once is normal, as another one was faster. */
function triedInVain({ said, claim: { lockView } }: Member): number {
  const failed = said.get('lock.acquire-failed')
  if (failed === undefined || failed.params.paused !== undefined) return NEVER
  return lockView.value === 'none' && failed.at >= lockView.since ? failed.at : NEVER
}

function ownerNone(member: Member): number {
  const said = member.said.get('lock.owner-seen')
  return said !== undefined && said.params.owner === null && said.params.paused === undefined ? said.at : NEVER
}

/** Who has just come back and does not run yet finds no leader either where all were stopped: that proves none of the time before. */
function unlocked({ claim: { postgres }, measure: { clusterUnlocked, failsafeActive } }: Member): number {
  if (postgres.value !== 'running' && postgres.value !== 'unknown') return NEVER
  if (clusterUnlocked?.value !== true || failsafeActive?.value === true) return NEVER
  return clusterUnlocked.time
}

/** When the last running primary ended, if there is none now. */
function endOfPrimary(cluster: Cluster): number | null {
  if (runningPrimary(cluster) !== undefined) return null
  let ended = NEVER
  for (const member of cluster.members.values()) ended = Math.max(ended, member.primary.ended)
  return ended === NEVER ? null : ended
}

/** Every member gave a sample after `since` and not long ago. */
function allAnswer(cluster: Cluster, since: number): boolean {
  const members = membersOf(cluster)
  return (
    members.length > 0 &&
    members.every((member) => member.measure.sampled.at > since && member.measure.failed === undefined)
  )
}

/** Whether all were measured so long after: who is named as leader since then, also after that. */
function measuredNone(cluster: Cluster, since: number, length: number): boolean {
  const named = namesSuccessor(cluster, null, since)?.claim.lockView
  if (named !== undefined && !(sampledAt(cluster, named.value) > named.since)) return false
  return membersOf(cluster).every((member) => member.measure.sampled.at - since >= length)
}

function sampledAt(cluster: Cluster, name: string): number {
  return cluster.members.get(name)?.measure.sampled.at ?? NEVER
}
