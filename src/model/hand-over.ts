import { lastOf } from './picture.ts'
import { concerns, underWay } from './planned-work.ts'
import { type Cluster, type Member, NEVER, type PlannedAction } from './state.ts'

/** Questions to the picture of a cluster about a change of leader: whether somebody wanted it, and how. */

/** The work that somebody had asked for when the one that held the lock since then lost it; at `time` another one has it. */
export function workBehind(
  cluster: Cluster,
  before: { readonly name: string; readonly since: number },
  time: number,
): readonly PlannedAction[] {
  const old = cluster.members.get(before.name)
  const lost = old === undefined ? time : lostAt(old, before.since, time)
  return cluster.planned.filter(
    (action) =>
      action.kind !== 'pause' &&
      underWay(action, lost) &&
      concerns(action, before.name) &&
      (action.kind === 'switchover' || action.since > startFailed(old)),
  )
}

/** When the old holder stopped being the primary, if that was before the change; a standby leader was none. */
function lostAt({ primary: { ended } }: Member, since: number, time: number): number {
  return ended > since && ended < time ? ended : time
}

/** That the change was wanted, in words: who took over may be another than who was asked to. */
export function wantedBy(old: Member | undefined, to: string, asked: readonly PlannedAction[]): string {
  const request = old?.said.get('switchover.requested')
  const begun = asked.find(({ kind }) => kind === 'switchover')?.since
  const wanted = request?.params.candidate ?? null
  if (request === undefined || begun === undefined || wanted === null || wanted === to) return 'as requested'
  return Math.abs(begun - request.at) > ACCEPTED ? 'as requested' : `though ${wanted} was requested`
}

/** A request and the begin of what was requested lie no further apart, ms. */
const ACCEPTED = 5_000

/**
 * Without a line of the request: the lock changed hands sooner after the holder's last renewal than it could expire
 * (a hand-over takes 4 to 10 s, an expired lease more than ttl), and the holder wrote of no trouble.
 */
export function handedOver(old: Member | undefined, time: number): boolean {
  if (old === undefined) return false
  const { ttl } = old.cluster.timings
  const said = lastOf(old, 'leader.confirmed', 'lock.acquired')
  // No heartbeats at log level WARNING, nor where those that repeat themselves are left out.
  const unheard = time - said > 2 * ttl
  if (unheard && (lostSight(old) || isUnreached(old, time) || isReplicaAlready(old, time))) return false
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
  return time - renewed < soon && Math.max(trouble, torn(old), startFailed(old)) < time - ttl
}

/** Patroni answers while it hands over; where it is stopped, it gives the lock up sooner, ms. */
const HANDING_OVER = 10_000

/** Whether its REST API has not answered since long before. */
function isUnreached({ measure: { failed } }: Member, time: number): boolean {
  return failed !== undefined && failed.path !== 'postgres_exporter' && time - failed.time > HANDING_OVER
}

/** Who handed over is started again about when its successor leads, ms. */
const STARTED_AGAIN = 5_000

/** Whether readings show it as a running replica since long before, while nobody led. */
function isReplicaAlready({ measure: { role, state, spacing } }: Member, time: number): boolean {
  if (role?.value !== 'replica' || state?.value !== 'running') return false
  return time - Math.max(role.since, state.since) > spacing + STARTED_AGAIN
}

/** When its PostgreSQL could not be started: work that was asked for has failed then, and nobody asked for another leader. */
function startFailed(old: Member | undefined): number {
  return old === undefined ? NEVER : Math.max(lastOf(old, 'postgres.start-failed'), broken(old))
}

/** When its latest reading showed a PostgreSQL that had crashed or could not be started. */
function broken({ measure: { state } }: Member): number {
  return state?.value === 'crashed' || state?.value === 'start failed' ? state.time : NEVER
}

/** When it began its latest demotion, if that was no orderly one. */
function torn({ said }: Member): number {
  const demotion = said.get('demotion.started')
  const mode = demotion?.params.mode
  return demotion === undefined || mode === 'graceful' || mode === 'demote-cluster' ? NEVER : demotion.at
}

/** Its latest reading says that it has not seen the DCS for more than a loop: its lock ran out, it handed nothing over. */
function lostSight({ measure: { dcsLastSeen, clock }, cluster: { timings } }: Member): boolean {
  if (dcsLastSeen === undefined) return false
  const behind = clock !== undefined && clock.most < 0 ? -clock.least : 0
  return dcsLastSeen.time - dcsLastSeen.value - behind > 1.5 * timings.loopWait
}
