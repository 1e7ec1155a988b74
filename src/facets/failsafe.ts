import { type Fold, facet, type Seen } from '../model/facet.ts'
import { inferred, logged, stands } from '../model/facet-help.ts'
import { tookLockSince } from '../model/leadership.ts'
import { isRunningPrimary, lastOf, loopOf } from '../model/picture.ts'
import { type Member, NEVER } from '../model/state.ts'

/** An answer to a poll is dated when it is there: it may tell of a moment so long before. */
const POLL = 2_000

/**
 * Failsafe mode. Its end is written in no release: the leader's first later line that needed a successful lock update
 * proves it, or a demotion, or a sample. Silence, a gap in the log, or the end of the input prove nothing.
 */
export default facet({
  id: 'failsafe',
  on: {
    'failsafe.holding': (event, fold) => {
      if (stands(event.member, 'failsafe', 'holding', event.time)) return
      fold.set(
        event.member,
        'failsafe',
        'holding',
        logged(event, 'the DCS is unreachable and every member accepted: it stays primary'),
      )
    },
    'failsafe.exited': (event, fold) => {
      fold.set(event.member, 'failsafe', 'off', logged(event, 'it says that failsafe mode ends'))
    },
    'leader.confirmed': (event, fold) => lockUpdated(event, fold),
    'lock.acquired': (event, fold) => lockUpdated(event, fold),
    'switchover.started': (event, fold) => lockUpdated(event, fold),
    'follower.confirmed': (event, fold) => follows(event, fold),
    'demotion.started': (event, fold) => demoted(event, fold),
    'demotion.completed': (event, fold) => demoted(event, fold),
  },
  sample(member, sample, fold) {
    if (sample.failsafeActive === undefined) return
    if (sample.role === 'primary') leaderSample(member, sample.failsafeActive, sample.clusterUnlocked, fold)
    else if (sample.role === 'replica') replicaSample(member, sample.failsafeActive, fold)
  },
  expire(member, clock, fold) {
    const claim = member.claim.failsafe
    const successor = tookLockSince(member, saidIt(member) ? lastHeld(member) : claim.at)
    if (successor !== null && (saidIt(member) || flaggedAsLeader(member))) {
      const because = `${successor} took the leader lock, and would refuse it failsafe mode`
      const evidence = member.cluster.leader?.evidence ?? []
      fold.set(member, 'failsafe', 'off', { basis: 'inferred', because, evidence })
      return
    }
    if (claim.value !== 'holding') return
    const { ttl, loopWait } = member.cluster.timings
    // A flag is good until two readings of it are missing.
    const readings = claim.basis === 'measured' ? 2 * member.measure.spacing : 0
    if (!clock.past(claim.at, Math.max(ttl + loopWait, readings))) return
    fold.set(member, 'failsafe', 'unknown', {
      basis: 'expired',
      because: `no word of it since ${clock.hms(claim.at)}: failsafe mode may hold or have ended`,
    })
  },
})

function lockUpdated(event: Seen, fold: Fold): void {
  if (stands(event.member, 'failsafe', 'off', event.time)) return
  const held = event.member.claim.failsafe.value === 'holding'
  const because = held
    ? 'it updated the leader lock, which ends failsafe mode; no line says so'
    : 'it updated the leader lock'
  fold.set(event.member, 'failsafe', 'off', inferred(event, because))
}

function demoted(event: Seen, fold: Fold): void {
  if (event.member.claim.failsafe.value !== 'holding') return
  fold.set(event.member, 'failsafe', 'off', logged(event, 'it demotes itself, which ends failsafe mode'))
}

/** It led in failsafe mode and died; now it reads the DCS and follows another. */
function follows(event: Seen, fold: Fold): void {
  if (saidIt(event.member))
    fold.set(
      event.member,
      'failsafe',
      'off',
      inferred(event, 'it follows another leader, so it is not in failsafe mode'),
    )
}

/** Whether it is or may be in failsafe mode by its own word. Of a replica only its flag tells. */
function saidIt(member: Member): boolean {
  const { value, basis } = member.claim.failsafe
  return value !== 'off' && basis !== 'measured' && lastHeld(member) !== NEVER
}

/** Whether its flag told of it, and by its last reading it leads: the flag of a replica tells of another one's failsafe mode. */
function flaggedAsLeader({ claim: { failsafe, role } }: Member): boolean {
  return failsafe.value !== 'off' && failsafe.at !== NEVER && role.value === 'leader'
}

function lastHeld(member: Member): number {
  return lastOf(member, 'failsafe.holding')
}

function leaderSample(member: Member, active: boolean, unlocked: boolean | undefined, fold: Fold): void {
  if (active) {
    if (member.claim.failsafe.value !== 'holding' && (!isRunningPrimary(member) || tellsItself(member, fold.time)))
      return
    fold.set(member, 'failsafe', 'holding', {
      basis: 'measured',
      because: 'its flag failsafe_mode_is_active is up',
      evidence: flag(member, 1),
    })
  } else if (unlocked === false && member.claim.failsafe.value !== 'off' && fold.time > heldUntil(member) + POLL) {
    const because = 'its flags failsafe_mode_is_active and cluster_unlocked are down'
    fold.set(member, 'failsafe', 'off', { basis: 'measured', because, evidence: flag(member, 0) })
  }
}

/**
 * Until when its last word of it counts. It says so each loop, by its own clock: where that is ahead of the clock that dates
 * samples, its lines still come when a flag that is down was read.
 */
function heldUntil(member: Member): number {
  const { at, basis } = member.claim.failsafe
  return basis === 'logged' ? at + 2 * loopOf(member) : at
}

/** Whether its log tells of failsafe mode better than a flag: at level WARNING none of these lines is written. */
function tellsItself(member: Member, time: number): boolean {
  const { ttl } = member.cluster.timings
  return lastOf(member, 'leader.confirmed', 'follower.confirmed', 'lock.acquired', 'promotion.started') > time - ttl
}

function replicaSample(member: Member, active: boolean, fold: Fold): void {
  const value = active ? 'holding' : 'off'
  if (stands(member, 'failsafe', value, fold.time)) return
  const because = active
    ? 'its flag failsafe_mode_is_active is up: a leader in failsafe mode asked it within ttl'
    : 'its flag failsafe_mode_is_active is down'
  fold.set(member, 'failsafe', value, { basis: 'measured', because, evidence: flag(member, active ? 1 : 0) })
}

function flag(member: Member, value: number) {
  return [{ metric: `failsafe_mode_is_active{member="${member.name}"}`, time: member.measure.sampled.at, value }]
}
