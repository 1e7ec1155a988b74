import { type Change, type Fold, facet, type Seen } from '../model/facet.ts'
import { inferred, logged, stands, startsAfterFailure, unasked } from '../model/facet-help.ts'
import { isDown, lastOf } from '../model/picture.ts'
import { isAnswered, type Sample } from '../model/sample.ts'
import { isBornAfter, isJustReady, isJustUp, JUST_UP, latestOf } from '../model/stamps.ts'
import { type Member, NEVER } from '../model/state.ts'

/** Patroni's words for the state of PostgreSQL (`patroni/postgresql/misc.py`), as this facet's values. */
const STATES: Readonly<Record<string, string>> = {
  running: 'running',
  streaming: 'running',
  'in archive recovery': 'running',
  starting: 'starting',
  restarting: 'starting',
  'creating replica': 'starting',
  'initializing new cluster': 'starting',
  'running custom bootstrap script': 'starting',
  'starting after custom bootstrap': 'starting',
  stopping: 'stopped',
  stopped: 'stopped',
  'stop failed': 'stopped',
  'start failed': 'stopped',
  'restart failed': 'stopped',
  crashed: 'crashed',
}

/** What is read of a PostgreSQL that ended may be of before for so long, ms. */
const ENDING = 10_000

/** What the member's PostgreSQL process does. */
export default facet({
  id: 'postgres',
  on: {
    'postgres.starting': (event, fold) => {
      // A Patroni that starts over a PostgreSQL that runs asks whether it does.
      const goesOn = event.param('accepts') !== null && event.member.claim.postgres.value === 'running'
      if (goesOn || isUp(event)) return
      becomes(event, fold, 'starting', 'PostgreSQL starts')
    },
    'postgres.restarting': (event, fold) => {
      if (event.member.claim.postgres.value !== 'running')
        becomes(event, fold, 'starting', 'PostgreSQL is being restarted')
      else fails(event, fold)
    },
    'postgres.ready': (event, fold) => becomes(event, fold, 'running', 'PostgreSQL accepts connections'),
    'postgres.down': (event, fold) => {
      if (event.member.claim.postgres.value === 'crashed' || isJustReady(event.member, event.time)) return
      becomes(event, fold, 'stopped', 'Patroni finds PostgreSQL not running')
    },
    'postgres.shutdown': (event, fold) => becomes(event, fold, 'stopped', 'PostgreSQL shuts down'),
    'postgres.start-failed': (event, fold) => becomes(event, fold, 'stopped', 'PostgreSQL could not be started'),
    'postgres.crashed': (event, fold) => becomes(event, fold, 'crashed', 'a process of PostgreSQL crashed'),
    'postgres.crash-recovery': (event, fold) => {
      if (event.member.claim.postgres.value !== 'running')
        becomes(event, fold, 'starting', 'PostgreSQL recovers from a crash')
    },
    'demotion.started': (event, fold) => {
      if (event.member.claim.postgres.value === 'unknown') return
      becomes(event, fold, 'stopped', `Patroni stops PostgreSQL to demote (${event.param('mode') ?? 'mode not said'})`)
    },
    // Up to 2.1.1 no line says that a demotion begins; PostgreSQL was stopped when this is written.
    'demotion.completed': (event, fold) => demoted(event, fold),
    'lock.acquire-failed': (event, fold) => {
      if (event.param('reason') !== null) demoted(event, fold)
    },
    'lock.released': (event, fold) => {
      if (event.param('data') !== null) becomes(event, fold, 'stopped', 'its data directory is gone')
    },
    'replication.started': (event, fold) => runs(event, fold, 'its WAL receiver works'),
    'replication.upstream-removed': (event, fold) => {
      if (event.param('starts') === null && event.member.claim.postgres.value === 'unknown')
        runs(event, fold, 'it reads its configuration anew')
    },
    'follower.confirmed': (event, fold) => {
      if (!unasked(event)) runs(event, fold, 'its HA loop found nothing to do')
    },
    'leader.confirmed': (event, fold) => {
      if (event.param('action') === null && !unasked(event)) runs(event, fold, 'its HA loop found nothing to do')
      else fails(event, fold)
    },
  },
  sample: bySample,
})

function demoted(event: Seen, fold: Fold): void {
  const { member } = event
  if (member.claim.postgres.value !== 'running') return
  const led = lastOf(member, 'leader.confirmed', 'lock.acquired')
  // Where its beginning is written, by Patroni or by PostgreSQL, PostgreSQL may have been stopped, and be up again.
  if (lastOf(member, 'demotion.started') > led || isUpAgain(member, led)) return
  turn(member, 'stopped', inferred(event, 'it has demoted itself, for which Patroni stops PostgreSQL'), fold)
}

/** Whether PostgreSQL was shut down after `led`, and has said since that it is up. */
function isUpAgain(member: Member, led: number): boolean {
  const down = lastOf(member, 'postgres.shutdown')
  return down > led && lastOf(member, 'postgres.ready') > down
}

function fails(event: Seen, fold: Fold): void {
  if (startsAfterFailure(event) && !isUp(event))
    becomes(event, fold, 'starting', 'PostgreSQL is started again after a failure')
}

function becomes(event: Seen, fold: Fold, value: string, because: string): void {
  if (stands(event.member, 'postgres', value, event.time)) return
  turn(event.member, value, logged(event, because), fold)
}

/** `no action` is said only while PostgreSQL runs (`Ha.process_healthy_cluster`). */
function runs(event: Seen, fold: Fold, because: string): void {
  const { postgres } = event.member.claim
  if (stands(event.member, 'postgres', 'running', event.time)) return
  // Without a fraction in PostgreSQL's stamps its shutdown seems to come before the heartbeat of the same second.
  if (postgres.value === 'stopped' && postgres.basis === 'logged' && event.time <= latestOf(postgres.at)) return
  turn(event.member, 'running', inferred(event, because), fold)
}

function bySample(member: Member, sample: Sample, fold: Fold): void {
  const value = stateOf(sample)
  if (value === undefined || stands(member, 'postgres', value, fold.time)) return
  if (value === 'stopped' && member.claim.postgres.value === 'crashed') return
  if (value !== 'running' && isJustUp(member, fold.time)) return
  if (value === 'running' && ofBefore(member, sample)) return
  const evidence = [
    { metric: `postgres_state{member="${member.name}"}`, time: fold.time, value: sample.state as string },
  ]
  turn(
    member,
    value,
    {
      basis: 'measured',
      because: `a sample reads state ${sample.state}${value === 'running' && sample.state !== 'running' ? ', and PostgreSQL answers' : ''}`,
      evidence,
    },
    fold,
  )
}

function stateOf(sample: Sample): string | undefined {
  if (sample.state === undefined) return undefined
  return isAnswered(sample) ? 'running' : STATES[sample.state]
}

/** Whether the start that a line tells of is over: PostgreSQL has said that it is up, or its young postmaster was read. */
function isUp({ member, program, time }: Seen): boolean {
  const start = member.measure.start?.value
  if (program === 'postgres') return member.claim.postgres.value === 'running' && isBornAfter(start, time)
  return Math.max(lastOf(member, 'postgres.ready'), start ?? NEVER) > time - JUST_UP
}

/**
 * Whether a sample may show what was before the line by which PostgreSQL ended: one 33 ms after `Demoting self` still read
 * running. A younger postmaster is another; after a while a running one is not stopped.
 */
function ofBefore(member: Member, { time, postmasterStart }: Sample): boolean {
  const { postgres } = member.claim
  if (!isDown(member)) return false
  if (postgres.basis === 'measured' || isBornAfter(postmasterStart, postgres.since)) return false
  return time < postgres.at + ENDING
}

/** Sets the facet; attempts to start it again do not make it newly down. */
function turn(member: Member, value: string, change: Change, fold: Fold): void {
  const ran = member.claim.postgres.value === 'running'
  if (!fold.set(member, 'postgres', value, change)) return
  if (value === 'running') member.history.downSince = Number.NaN
  else if (ran) member.history.downSince = fold.time
}
