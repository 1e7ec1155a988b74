import type { Sample, SampleRole } from '../../model/sample.ts'
import { known } from './json.ts'
import type { At } from './patroni.ts'

/** States by the number of `patroni_postgres_state` (4.1.0 and later). */
const STATES = [
  'initializing new cluster',
  'initdb failed',
  'running custom bootstrap script',
  'custom bootstrap failed',
  'creating replica',
  'running',
  'starting',
  'starting after custom bootstrap',
  'start failed',
  'restarting',
  'restart failed',
  'stopping',
  'stopped',
  'stop failed',
  'crashed',
] as const

const LINE = /^patroni_([a-z_]{1,60}) ?(?:\{([^}]{0,1000})\})? +(\S{1,40})/
const SCOPE = /(?:^|,) ?scope="((?:[^"\\]|\\.){1,253})"/
const NAME = /(?:^|,) ?name="((?:[^"\\]|\\.){1,253})"/

interface Read {
  readonly values: ReadonlyMap<string, number>
  readonly scope: string | null
  readonly name: string | null
}

/**
 * Reads the text of `GET /metrics`, every version (2.1.0 and later; `patroni_master` up to 3.3, `patroni_primary` from
 * 3.0). Null without a Patroni metric.
 */
export function readPatroniMetrics(body: string, at: At): Sample | null {
  const { values, scope, name } = readLines(body)
  if (values.size === 0) return null
  return patroniSample(values, { ...at, cluster: at.cluster ?? scope, member: name ?? at.member })
}

/**
 * The sample of one scrape: values by the names of Patroni's metrics less `patroni_`. A counter's 0 (position, timeline,
 * start) means none.
 */
export function patroniSample(values: ReadonlyMap<string, number>, at: At): Sample {
  const flag = (metric: string): boolean | undefined => {
    const value = values.get(metric)
    return value === undefined ? undefined : value !== 0
  }
  const role = roleOf(flag)
  const replica = role === 'replica' || role === 'standby_leader'
  const lsn = (metric: string, of: boolean): bigint | undefined => (of ? positionOf(values.get(metric)) : undefined)
  // Flags of the receiver are 0 too where PostgreSQL could not be asked; positions are then 0 as well.
  const asked = flag('postgres_running') !== false || lsn('xlog_received_location', replica) !== undefined
  const asReplica = (metric: string): boolean | undefined => (replica && asked ? flag(metric) : undefined)
  return known<Sample>({
    kind: 'sample',
    cluster: at.cluster,
    member: at.member,
    time: at.time,
    via: at.via,
    role,
    state: stateOf(flag('postgres_running'), values.get('postgres_state')),
    timeline: above(values.get('postgres_timeline')),
    systemId: undefined,
    writeLsn: lsn('xlog_location', role === 'primary'),
    receiveLsn: lsn('xlog_received_location', replica),
    replayLsn: lsn('xlog_replayed_location', replica),
    replayedAt: milliseconds(values.get('xlog_replayed_timestamp')),
    postmasterStart: milliseconds(values.get('postmaster_start_time')),
    streaming: asReplica('postgres_streaming'),
    inArchiveRecovery: asReplica('postgres_in_archive_recovery'),
    replayPaused: asReplica('xlog_paused'),
    paused: flag('is_paused'),
    failsafeActive: flag('failsafe_mode_is_active'),
    clusterUnlocked: flag('cluster_unlocked'),
    dcsLastSeen: milliseconds(values.get('dcs_last_seen')),
    pendingRestart: flag('pending_restart'),
    syncStandby: flag('sync_standby'),
    tags: undefined,
    standbys: undefined,
    slots: undefined,
    version: undefined,
  })
}

function readLines(body: string): Read {
  const values = new Map<string, number>()
  let scope: string | null = null
  let name: string | null = null
  for (const line of body.split('\n', 2000)) {
    const match = LINE.exec(line)
    if (match === null) continue
    const value = Number(match[3])
    if (!Number.isFinite(value)) continue
    values.set(match[1] as string, value)
    const labels = match[2] ?? ''
    scope ??= SCOPE.exec(labels)?.[1] ?? null
    name ??= NAME.exec(labels)?.[1] ?? null
  }
  return { values, scope, name }
}

function roleOf(flag: (metric: string) => boolean | undefined): SampleRole | undefined {
  if (flag('primary') === true || flag('master') === true) return 'primary'
  if (flag('standby_leader') === true) return 'standby_leader'
  return flag('replica') === true ? 'replica' : undefined
}

function stateOf(running: boolean | undefined, index: number | undefined): string | undefined {
  if (running === true) return 'running'
  return index === undefined ? undefined : STATES[index]
}

/** A position in bytes, 0 for none. */
export function positionOf(value: number | undefined): bigint | undefined {
  return value === undefined || value <= 0 ? undefined : BigInt(Math.round(value))
}

function above(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds <= 0 ? undefined : Math.round(seconds * 1000)
}
