import type { Sample, SampleRole, Slot, Standby } from '../../model/sample.ts'
import { known } from './json.ts'
import { positionOf } from './metrics.ts'
import type { Labels } from './naming.ts'
import type { At } from './patroni.ts'

/** One value of a scrape. */
export interface Value {
  readonly metric: string
  readonly labels: Labels
  readonly value: number
}

/**
 * The sample of one scrape of postgres_exporter: role, positions, standbys, slots. Its replication lag is left out on
 * purpose: it is 0 whenever all that was received is replayed, also when nothing arrives. Null when nothing in it is
 * of use. Names are those of 0.8 to 0.17 (`collector/`, and `queries` of the older ones).
 */
export function exporterSample(values: readonly Value[], at: At): Sample | null {
  const role = roleOf(values)
  const primary = role === 'primary'
  const slots = slotsOf(values)
  const standbys = standbysOf(values)
  const receiver = receiverOf(values)
  const write = primary ? position(values, WRITTEN) : undefined
  if (role === undefined && slots === undefined && receiver.receiveLsn === undefined) return null
  return known<Partial<Sample>>({
    kind: 'sample',
    cluster: at.cluster,
    member: at.member,
    time: at.time,
    via: at.via,
    role,
    state: role === undefined ? undefined : 'running',
    writeLsn: write,
    ...receiver,
    standbys: primary ? standbys : undefined,
    slots,
  } as { [K in keyof Sample]: Sample[K] | undefined }) as Sample
}

/** The server's own position, as rows of two queries repeat it. */
const WRITTEN = /^pg_(?:replication_slots?_slot_current_wal_lsn|stat_replication_pg_current_wal_lsn_bytes)$/
const RECEIVED = /^pg_stat_wal_receiver_(?:flushed|written)_lsn$/
const SLOT =
  /^pg_replication_slots?_(?:slot_)?(active|is_active|pg_wal_lsn_diff|safe_wal_size_bytes|safe_wal_size|wal_status)$/

function roleOf(values: readonly Value[]): SampleRole | undefined {
  const found = values.find(({ metric }) => metric === 'pg_replication_is_replica')
  if (found === undefined) return undefined
  return found.value === 0 ? 'primary' : 'replica'
}

/** The largest value of the metrics that give one position. */
function position(values: readonly Value[], metrics: RegExp): bigint | undefined {
  let most = 0
  for (const { metric, value } of values) if (metrics.test(metric)) most = Math.max(most, value)
  return positionOf(most)
}

/** What pg_stat_wal_receiver says; a replica without a receiver has no row, and that is no proof of anything here. */
function receiverOf(values: readonly Value[]): Partial<Sample> {
  const receiveLsn = position(values, RECEIVED)
  if (receiveLsn === undefined) return {}
  const row = values.find(({ metric }) => metric.startsWith('pg_stat_wal_receiver_'))
  const status = row?.labels.status
  return { receiveLsn, ...(status === undefined ? {} : { streaming: status === 'streaming' }) }
}

function slotsOf(values: readonly Value[]): readonly Slot[] | undefined {
  const slots = new Map<string, Record<string, unknown>>()
  for (const { metric, labels, value } of values) {
    const field = SLOT.exec(metric)?.[1]
    if (field === undefined || labels.slot_name === undefined) continue
    const slot = slots.get(labels.slot_name) ?? { name: labels.slot_name }
    slots.set(labels.slot_name, Object.assign(slot, slotField(field, labels, value)))
  }
  return slots.size === 0 ? undefined : ([...slots.values()] as unknown as readonly Slot[])
}

function slotField(field: string, labels: Labels, value: number): Partial<Slot> {
  if (field === 'active' || field === 'is_active') return { active: value !== 0 }
  if (field === 'pg_wal_lsn_diff') return { retained: Math.max(0, value) }
  if (field === 'wal_status')
    return value === 0 || labels.wal_status === undefined ? {} : { walStatus: labels.wal_status }
  return { safeWalSize: value }
}

/** Standbys that pg_stat_replication lists. The series vanish with the last one, so no row means unknown. */
function standbysOf(values: readonly Value[]): readonly Standby[] | undefined {
  const standbys = new Map<string, Standby>()
  for (const { metric, labels } of values) {
    if (!metric.startsWith('pg_stat_replication_') || labels.application_name === undefined) continue
    const { application_name: name, state = '', sync_state: syncState } = labels
    standbys.set(name, { name, state, ...(syncState === undefined ? {} : { syncState }) })
  }
  return standbys.size === 0 ? undefined : [...standbys.values()]
}
