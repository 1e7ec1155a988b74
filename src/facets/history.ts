import { type Fold, facet, type Seen } from '../model/facet.ts'
import { privateMemory, unasked } from '../model/facet-help.ts'
import { parseLsn } from '../model/lsn.ts'
import { lastOf } from '../model/picture.ts'
import { busyAt } from '../model/planned-work.ts'
import type { Sample } from '../model/sample.ts'
import { type Member, NEVER } from '../model/state.ts'

/** Times kept of each kind. */
const MOST = 16
/** PostgreSQL and Patroni tell of one start within so long, ms, in either order. */
const ONE_START = 2_000

interface Memory {
  /** When it demoted itself without a request, and has not been promoted since. */
  demoted: number
  /** Its latest start of PostgreSQL, and whether somebody asked for the end of what ran before. */
  started: number
  asked: boolean
  /** When a cycle of Patroni last ended without a PostgreSQL that it was to start. */
  failed: number
  /** Whether its PostgreSQL tells of its starts itself. */
  told: boolean
  /** Timeline of its own by `Local timeline=1 lsn=0/41FDF30`. */
  timeline: string | null
  /** What its latest sample read of PostgreSQL. */
  state: string | null
}

function newMemory(): Memory {
  return {
    demoted: NEVER,
    started: NEVER,
    asked: false,
    failed: NEVER,
    told: false,
    timeline: null,
    state: null,
  }
}

const memoryOf = privateMemory('history', newMemory)

/**
 * What the rules that count look at. Requested work does not count: a graceful demotion, a shutdown that Patroni or an
 * operator ordered, an overrun while the DCS was away.
 */
export default facet({
  id: 'history',
  memory: newMemory,
  on: {
    'demotion.started': (event) => {
      if (event.param('mode') !== 'graceful' && !busyAt(event.member, event.time, 'switchover', 'stop', 'restart'))
        memoryOf(event.member).demoted = event.time
    },
    'promotion.started': (event) => {
      const memory = memoryOf(event.member)
      if (event.program !== 'patroni' || memory.demoted === NEVER) return
      memory.demoted = NEVER
      note(event.member.history.comebacks, event.time)
    },
    'postgres.shutdown': (event) => {
      if (event.param('mode') !== null) memoryOf(event.member).asked = true
    },
    'postgres.starting': (event) => {
      if (event.program === 'postgres') started(event)
      else if (event.param('pid') !== null) startedUnheard(event)
    },
    'postgres.start-failed': (event) => {
      if (event.param('cycle') !== null) failed(event)
    },
    'postgres.crash-recovery': (event) => {
      if (event.param('inPlace') !== null) restarted(event.member, event.time)
    },
    'loop.overrun': (event) => {
      const { member, time } = event
      if (member.claim.dcs.value !== 'unreachable' && !busyAt(member, time)) note(member.history.overruns, time)
    },
    'timeline.diverged': (event) => {
      // `new timeline 2 forked off current database system timeline 1 before current recovery point 0/41FDF30`
      if (event.param('current') !== null && event.param('lsn') !== null) event.member.history.forkedAt = event.time
    },
    'timeline.reported': (event) => {
      if (event.param('lsn') !== null) memoryOf(event.member).timeline = event.param('timeline')
    },
    'timeline.history': compared,
    'bootstrap.failed': (event) => {
      if (event.param('round') !== null) note(event.member.history.failedRounds, event.time)
    },
    'bootstrap.completed': (event) => succeeded(event.member),
    'replication.started': (event) => succeeded(event.member),
    'leader.confirmed': (event) => {
      if (event.member.history.failedRounds.length > 0) succeeded(event.member)
      if (event.param('action') === null) answered(event, !unasked(event))
    },
    'follower.confirmed': (event) => answered(event, !unasked(event)),
    'postgres.role-remembered': ({ member, time }) => {
      member.history.rememberedAt = time
    },
    'postgres.unreachable': (event) => {
      if (event.param('cycle') !== null) answered(event, false)
    },
  },
  sample: startedUntold,
})

/** A start is one of a loop when nobody asked for the end of what ran before; the first one seen proves nothing. */
function started(event: Seen): void {
  const memory = memoryOf(event.member)
  const crashed = lastOf(event.member, 'postgres.crashed') > memory.started
  if (!memory.told) event.member.history.restarts.length = 0
  memory.told = true
  if (!memory.asked && (memory.started !== NEVER || crashed)) restarted(event.member, event.time)
  memory.started = event.time
  memory.asked = false
}

/**
 * Patroni's `postmaster pid=…`, for the starts that PostgreSQL does not tell itself: its lines are not here, or it gave up
 * before its first one (a library to be preloaded is missing). A start after one that failed, or was found not running.
 */
function startedUnheard({ member, time }: Seen): void {
  const memory = memoryOf(member)
  if (time - memory.started < ONE_START) return
  const ran = memory.told
    ? memory.started
    : Math.max(memory.started, lastOf(member, 'leader.confirmed', 'follower.confirmed'))
  const ended = Math.max(lastOf(member, 'postgres.start-failed'), memory.told ? NEVER : lastOf(member, 'postgres.down'))
  if (ran !== NEVER && ended > ran) restarted(member, time)
  memory.started = time
}

/** A start that failed like the one before, and no postmaster between them: its configuration cannot be read, or a command is not there. */
function failed({ member, time }: Seen): void {
  const memory = memoryOf(member)
  if (memory.failed > memory.started) restarted(member, time)
  memory.failed = time
}

/** From samples alone: it starts after a start that failed, or after a crash. */
function startedUntold(member: Member, { state }: Sample, { time }: Fold): void {
  const memory = memoryOf(member)
  const failed = memory.state === 'start failed' || memory.state === 'crashed'
  if (failed && state === 'starting' && member.heard.at === NEVER && !memory.told) restarted(member, time)
  memory.state = state ?? memory.state
}

/**
 * Patroni prints the history of the primary when it compares: `1	0/41FDF30	no recovery target specified`, and more such rows,
 * each a line of its own.
 */
function compared(event: Seen): void {
  const { timeline } = memoryOf(event.member)
  const [ended, point] = event.param('history')?.split(/\s+/) ?? [event.param('timeline'), event.param('lsn')]
  const lsn = point === null || point === undefined ? undefined : parseLsn(point)
  if (lsn !== undefined && timeline === ended)
    event.member.history.fork = { at: event.time, timeline: Number(timeline), lsn }
}

/** A cycle ended in which PostgreSQL answered Patroni, or did not. */
function answered({ member, time }: Seen, yes: boolean): void {
  const { history, cluster } = member
  if (yes === (history.unansweredSince === NEVER)) return
  history.unansweredSince = yes ? NEVER : time
  cluster.dirty = true
}

function succeeded(member: Member): void {
  member.history.failedRounds.length = 0
}

/** Whoever tells of a start that was told already tells nothing new. */
function restarted({ history }: Member, time: number): void {
  if (time - (history.restarts.at(-1) ?? NEVER) >= ONE_START) note(history.restarts, time)
}

function note(times: number[], time: number): void {
  times.push(time)
  if (times.length > MOST) times.shift()
}
