import { type Fold, facet, type Seen } from '../model/facet.ts'
import { lastOf, loopOf, underWay } from '../model/picture.ts'
import type { Evidence } from '../model/source.ts'
import { type Cluster, type Member, NEVER } from '../model/state.ts'

/**
 * The holder of the leader lock, by the holder's own word: another member than the one last known is a change. Others
 * are believed only where nothing is heard of the holder itself: a view may be old, a clock may be off.
 */
export default facet({
  id: 'leader',
  on: {
    'leader.confirmed': (event, fold) => holds(event, fold),
    'lock.acquired': (event, fold) => holds(event, fold),
    'promotion.started': (event, fold) => {
      if (event.program === 'patroni') holds(event, fold)
    },
    'follower.confirmed': (event, fold) => named(event, event.param('leader'), fold),
    'lock.owner-seen': (event, fold) => named(event, event.param('owner'), fold),
  },
  sample(member, sample, fold) {
    if (sample.role !== 'primary' || sample.state !== 'running' || sample.clusterUnlocked !== false) return
    if (!Number.isNaN(member.primary.ended) || tellsItself(member, sample.time)) return
    const { leader } = member.cluster
    if (leader !== null && (leader.name === member.name || leader.since > member.primary.since)) return
    const evidence = [{ metric: `patroni_primary{member="${member.name}"}`, time: sample.time, value: 1 }]
    changed(member.cluster, member.name, sample.time, evidence, fold)
  },
})

/** Whether its log tells who leads: at level WARNING no such line is written. */
function tellsItself(member: Member, time: number): boolean {
  return lastOf(member, 'leader.confirmed', 'follower.confirmed', 'lock.acquired') > time - 60_000
}

function holds(event: Seen, fold: Fold): void {
  const { cluster } = event.member
  if (cluster.leader !== null && cluster.leader.name === event.member.name) return
  // A standby leader's lock is the same lock; two overlapping holders are a matter for the rule that compares them.
  changed(cluster, event.member.name, event.time, [event.evidence()], fold)
}

/** A leader of whom no line is here, named by another: the first one known, or the successor of the member that says so. */
function named(event: Seen, name: string | null, fold: Fold): void {
  const { name: own, cluster } = event.member
  if (name === null || name === own || name === cluster.leader?.name) return
  if ((cluster.members.get(name)?.said.size ?? 0) > 0) return
  if (cluster.leader === null || cluster.leader.name === own)
    changed(cluster, name, event.time, [event.evidence()], fold)
}

function changed(cluster: Cluster, name: string, time: number, evidence: readonly Evidence[], fold: Fold): void {
  const before = cluster.leader
  cluster.leader = { name, since: time, evidence }
  cluster.dirty = true
  cluster.changes++
  if (before === null) return
  const old = cluster.members.get(before.name)
  const lost = old === undefined ? time : lostAt(old, time)
  const asked = cluster.planned.filter((action) => underWay(action, lost) && covers(action, before.name))
  const handed = handedOver(old, time)
  const planned = asked.length > 0 || handed
  for (const action of asked) if (action.kind === 'switchover') action.done = time
  cluster.leaderChange = {
    from: before.name,
    to: name,
    at: time,
    planned,
    unheard: planned || old === undefined ? null : unheardSince(old, member, time),
    evidence,
  }
  if (handed && asked.length === 0)
    fold.plan(cluster, {
      kind: 'switchover',
      member: null,
      since: time,
      until: time + 60_000,
      done: time,
      evidence,
    })
}

/** When the old holder stopped being the primary, if that was before the change. */
function lostAt(old: Member, time: number): number {
  return old.primary.ended < time ? old.primary.ended : time
}

function covers(action: Cluster['planned'][number], member: string): boolean {
  return action.kind !== 'pause' && (action.member === null || action.member === member)
}

/**
 * Without a line of the request: the lock changed hands sooner after the holder's last renewal than it could expire
 * (a hand-over takes 4 to 10 s, an expired lease more than ttl), and the holder wrote of no trouble.
 */
function handedOver(old: Member | undefined, time: number): boolean {
  if (old === undefined) return false
  const { ttl } = old.cluster.timings
  const said = lastOf(old, 'leader.confirmed', 'lock.acquired')
  // No heartbeats at log level WARNING, nor where those that repeat themselves are left out.
  const unheard = time - said > 2 * ttl
  if (unheard && lostSight(old)) return false
  const renewed = unheard ? old.primary.proven.at : said
  // Samples show both ends late; an expired lease still takes ttl less one loop.
  const soon = unheard ? Math.min(ttl / 2 + old.measure.spacing, (2 * ttl) / 3) : ttl / 2
  const trouble = lastOf(
    old,
    'dcs.unreachable',
    'lock.update-failed',
    'lock.lost',
    'postgres.crashed',
    'postgres.down',
    'failsafe.holding',
  )
  return time - renewed < soon && trouble < time - ttl
}

/** What a holder of the lock writes when it comes to lose it. */
const ENDS = [
  'demotion.started',
  'demotion.completed',
  'demotion.running',
  'switchover.started',
  'lock.lost',
  'lock.released',
  'lock.update-failed',
  'dcs.unreachable',
  'failsafe.holding',
  'postgres.shutdown',
  'postgres.crashed',
  'postgres.down',
  'patroni.stopped',
] as const

/**
 * The request for a change is told by lines, and those may be missing. They are when the old holder, by the last word of it,
 * led and went on: the new one was not heard to take the lock, or others named the old one for much longer than a lock lasts.
 */
function unheardSince(old: Member, to: Member, time: number): number | null {
  const { ttl } = old.cluster.timings
  const led = lastOf(old, 'leader.confirmed', 'lock.acquired')
  if (led === NEVER || lastOf(old, ...ENDS) > led || old.primary.lost.at > led) return null
  const taken = lastOf(to, 'lock.acquired', 'promotion.started') > led
  const gap = time - lastOf(to, 'follower.confirmed') > 2 * loopOf(to)
  if (!taken) return gap && time - led > ttl / 2 ? led : null
  return old.heartbeat > 0 && namedUntil(old) > led + 2 * ttl ? led : null
}

/** When another member last named it as the leader. */
function namedUntil(leader: Member): number {
  let latest = NEVER
  for (const other of leader.cluster.members.values())
    if (other !== leader && other.claim.lockView.value === leader.name)
      latest = Math.max(latest, other.claim.lockView.at)
  return latest
}

/** Its latest reading says that it has not seen the DCS for more than a loop: its lock ran out, it handed nothing over. */
function lostSight({ measure: { dcsLastSeen }, cluster: { timings } }: Member): boolean {
  return dcsLastSeen !== undefined && dcsLastSeen.time - dcsLastSeen.value > 1.5 * timings.loopWait
}
