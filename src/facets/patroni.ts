import type { Clock } from '../model/clock.ts'
import { type Fold, facet, type Seen } from '../model/facet.ts'
import { privateMemory } from '../model/facet-help.ts'
import { postgresWritesOn } from '../model/hearing.ts'
import { lastOf, loopOf } from '../model/picture.ts'
import { heardUpTo, type Member, NEVER } from '../model/state.ts'

/** Gaps looked at to learn the period of a member's heartbeats. */
const GAPS = 6
/** Two heartbeats within less are one cycle woken by an event. */
const SAME_CYCLE = 1_500
/** So many periods without a word are a hole in the log. */
const HOLE = 3

interface Memory {
  last: number
  readonly gaps: number[]
  /** First poll that failed since the last good sample. */
  failing: number
  /** When it came back after a silence of its own. */
  back: number
}

function newMemory(): Memory {
  return { last: 0, gaps: [], failing: 0, back: 0 }
}

const memoryOf = privateMemory('patroni', newMemory)

/**
 * Whether the member's Patroni speaks. Silence is known only where heartbeats had a period: de-duplicated ones (4.1)
 * leave no period, and then only REST that fails as well proves silence.
 */
export default facet({
  id: 'patroni',
  memory: newMemory,
  on: {
    'follower.confirmed': (event, fold) => beat(event, fold),
    'leader.confirmed': (event, fold) => beat(event, fold),
    'failsafe.holding': (event, fold) => beat(event, fold),
    'lock.owner-seen': (event, fold) => alive(event, fold),
    'patroni.stopped': (event, fold) => {
      fold.set(event.member, 'patroni', 'silent', {
        basis: 'logged',
        because: event.param('asked') === 'no' ? 'it ended, and nobody asked it to' : 'it says that it stops',
        evidence: [event.evidence()],
      })
    },
  },
  beat(member, time) {
    const { heartbeat } = member
    const memory = memoryOf(member)
    const gap = time - memory.last
    if (gap < SAME_CYCLE) return
    if (gap < 0.5 * heartbeat || gap > 1.5 * heartbeat) spaced(member, time)
    else memory.last = time
  },
  sample(member, sample, fold) {
    const memory = memoryOf(member)
    if (memory.failing > 0) memory.back = sample.time
    memory.failing = 0
    const { value } = member.claim.patroni
    if (value === 'alive') return
    // Where its loops write lines, these tell: its REST API may answer while they hang.
    if ((value === 'unknown' || member.heartbeat > 0) && member.heard.at > fold.time - 60_000) return
    fold.set(member, 'patroni', 'alive', { basis: 'measured', because: 'its REST API answers' })
  },
  failure(member, failure) {
    const memory = memoryOf(member)
    member.measure.failed ??= failure
    // The exporter beside it is another program.
    if (failure.path !== 'postgres_exporter' && memory.failing === 0) memory.failing = failure.time
  },
  expire: silent,
})

function beat(event: Seen, fold: Fold): void {
  const { member, time } = event
  if (time - memoryOf(member).last >= SAME_CYCLE) spaced(member, time)
  alive(event, fold)
}

/** Another heartbeat: what it says of their period, and of lines that are not here. */
function spaced(member: Member, time: number): void {
  const memory = memoryOf(member)
  const { last } = memory
  memory.last = time
  if (hasHole(member, last, time)) {
    member.missingUntil = time
    member.cluster.dirty = true
  }
  learn(member, memory.gaps, time - last)
}

/** Whose PostgreSQL was down, or whose HA loop was busy, says so when it is heard again. */
const EXPLAINED = ['postgres.starting', 'loop.overrun']

/**
 * Whether the log has a hole before a heartbeat: they have a period, and neither Patroni nor PostgreSQL wrote a word when two
 * or more were due. A shipper was down, or a file of the archive is not here.
 */
function hasHole(member: Member, last: number, time: number): boolean {
  const { heartbeat } = member
  if (heartbeat === 0 || last === 0 || time - last <= HOLE * heartbeat) return false
  const word = Math.max(last, wordBefore(member, time - heartbeat))
  return time - word > HOLE * heartbeat && lastOf(member, ...EXPLAINED) <= word
}

/** Its latest line up to `time`, but for those of Patroni that mean nothing. */
function wordBefore({ postgresHeard, said }: Member, time: number): number {
  let latest = heardUpTo(postgresHeard, time)
  for (const { times } of said.values()) latest = Math.max(latest, times.findLast((each) => each <= time) ?? NEVER)
  return latest
}

/** The period is known when the latest gaps agree within a half of their median. */
function learn(member: Member, gaps: number[], gap: number): void {
  gaps.push(gap)
  if (gaps.length > GAPS) gaps.shift()
  if (gaps.length < GAPS - 2) return
  const middle = median(gaps)
  let alike = 0
  for (const each of gaps) if (each > middle * 0.5 && each < middle * 1.5) alike++
  if (alike < GAPS - 2 || member.heartbeat === middle) return
  member.heartbeat = middle
  member.cluster.dirty = true // deadlines that rest on the period are new
}

function median(gaps: readonly number[]): number {
  const sorted = [...gaps].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

function alive(event: Seen, fold: Fold): void {
  const memory = memoryOf(event.member)
  if (event.time - event.member.claim.patroni.at > 2 * loopOf(event.member)) memory.back = event.time
  const claim = event.member.claim.patroni
  if (claim.value === 'alive') {
    if (event.time > claim.at) claim.at = event.time
    return
  }
  fold.set(event.member, 'patroni', 'alive', {
    basis: 'logged',
    because: 'its HA loop writes lines',
    evidence: [event.evidence()],
  })
}

function silent(member: Member, clock: Clock, fold: Fold): void {
  if (member.claim.patroni.value !== 'alive' || member.heard.at === NEVER) return
  const { retryTimeout } = member.cluster.timings
  const memory = memoryOf(member)
  const bothFail = memory.failing > 0 && memory.failing > member.measure.sampled.at
  const loop = loopOf(member)
  const patience = bothFail ? 2 * loop : 2 * loop + 2 * retryTimeout
  if (member.heartbeat === 0 && !bothFail) return
  const { sampled, spacing } = member.measure
  // While its REST API answers, only its log is missing; and then one answer that is lost says nothing.
  const unread = bothFail && member.heard.at + patience > sampled.at ? patience : Math.max(patience, 2.5 * spacing)
  if (!clock.past(member.heard, patience) || !clock.past(sampled, unread)) return
  if (
    !postgresWritesOn(member, member.heard, member.heard.at + patience, clock) &&
    !othersGoOn(member, clock, patience)
  )
    return
  fold.set(member, 'patroni', 'silent', {
    basis: 'inferred',
    because: bothFail
      ? 'neither its log nor its REST API says a word while others go on'
      : `its HA loop wrote a line every ${Math.round(member.heartbeat / 1000)} s, and none while others go on`,
    since: bothFail ? Math.max(member.heard.at, member.measure.sampled.at) : member.heard.at,
  })
}

/**
 * Somebody else of the cluster was heard when its patience was over. Who came back just now from a silence of its own
 * proves nothing: the others may be about to.
 */
function othersGoOn(member: Member, clock: Clock, patience: number): boolean {
  const since = member.heard.at + patience
  for (const other of member.cluster.members.values()) {
    if (other === member) continue
    const { heard, measure } = other
    if (Math.max(heard.at, measure.sampled.at) > since) {
      if (clock.past(memoryOf(other).back, 2 * loopOf(member))) return true
      continue
    }
    // Whoever is silent with everybody else may be found alone later: word of the other asks again.
    clock.past(heard, 0)
    clock.past(measure.sampled, 0)
  }
  return false
}
