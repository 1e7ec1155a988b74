import type { Sample, SampleRole, Standby, Tags } from '../../model/sample.ts'
import { array, flag, instant, isObject, type Json, known, number, object, position, text } from './json.ts'

/** Whose reading it is, when it was read (epoch ms), and how. */
export interface At {
  readonly member: string
  readonly time: number
  readonly cluster: string | null
  readonly via: string
}

const ROLES: Readonly<Record<string, SampleRole>> = {
  master: 'primary',
  primary: 'primary',
  replica: 'replica',
  standby_leader: 'standby_leader',
}

/**
 * Reads the body of `GET /patroni`, every version (`api.py`, `get_postgresql_status`). Keys that are only written when
 * true count as false where the release knows them. Null when it is no such body.
 */
export function readPatroniBody(body: unknown, at: At): Sample | null {
  if (!isObject(body)) return null
  const patroni = object(body, 'patroni') ?? {}
  const state = text(body, 'state')
  if (state === undefined && Object.keys(patroni).length === 0) return null
  const version = text(patroni, 'version')
  const role = ROLES[text(body, 'role') ?? '']
  const xlog = object(body, 'xlog') ?? object(body, 'wal') ?? {}
  const seen = number(body, 'dcs_last_seen')
  return known<Sample>({
    kind: 'sample',
    cluster: at.cluster ?? text(patroni, 'scope') ?? null,
    member: at.member,
    time: at.time,
    via: at.via,
    role,
    state,
    timeline: positive(number(body, 'timeline')),
    systemId: text(body, 'database_system_identifier'),
    writeLsn: position(xlog, 'location'),
    receiveLsn: position(xlog, 'received_location'),
    replayLsn: position(xlog, 'replayed_location'),
    replayedAt: instant(xlog, 'replayed_timestamp'),
    postmasterStart: instant(body, 'postmaster_start_time'),
    ...streaming(body, role, version),
    replayPaused: flag(xlog, 'paused'),
    paused: flag(body, 'pause') ?? false,
    failsafeActive: flag(body, 'failsafe_mode_is_active') ?? (since(version, 3, 0, 0) ? false : undefined),
    clusterUnlocked: flag(body, 'cluster_unlocked') ?? false,
    dcsLastSeen: seen === undefined || seen <= 0 ? undefined : seen * 1000,
    pendingRestart: flag(body, 'pending_restart') ?? false,
    syncStandby: flag(body, 'sync_standby'),
    tags: tagsOf(object(body, 'tags')) ?? {},
    standbys: standbysOf(array(body, 'replication')),
    slots: undefined,
    version,
  })
}

/** `replication_state` exists since 3.0.4; absent then means neither, on a replica that runs. */
function streaming(body: Json, role: SampleRole | undefined, version: string | undefined) {
  const state = text(body, 'replication_state')
  if (role === 'primary' || role === undefined || (state === undefined && !since(version, 3, 0, 4))) return {}
  if (text(body, 'state') !== 'running') return {}
  return { streaming: state === 'streaming', inArchiveRecovery: state === 'in archive recovery' }
}

/** Whether a version such as `3.0.4` is at least this one. */
export function since(version: string | undefined, ...least: readonly number[]): boolean {
  if (version === undefined) return false
  const parts = version.split('.').map((part) => Number.parseInt(part, 10))
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}

/** Tags as `/patroni` and `/cluster` give them; those that are not said are absent. */
export function tagsOf(tags: Json | undefined): Tags | undefined {
  if (tags === undefined) return undefined
  return known<Tags>({
    nofailover: flag(tags, 'nofailover'),
    nosync: flag(tags, 'nosync'),
    nostream: flag(tags, 'nostream'),
    replicatefrom: text(tags, 'replicatefrom'),
  })
}

function standbysOf(rows: readonly unknown[] | undefined): readonly Standby[] | undefined {
  return rows?.filter(isObject).flatMap((row) => {
    const name = text(row, 'application_name')
    if (name === undefined) return []
    return [known<Standby>({ name, state: text(row, 'state') ?? '', syncState: text(row, 'sync_state') })]
  })
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}
