import type { Capture } from './capture.ts'

export type Span = [from: number, to: number, value: string | boolean | null]
export type Standstill = { from: number; to: number; primary_moved: number }
export type Observed = {
  t0: number
  t_end: number
  unit: string
  marks: Record<string, unknown>[]
  members: Record<string, MemberObserved>
  primaries_count: [number, number, number][]
}
export type MemberObserved = {
  postgres_role: Span[]
  patroni_process: Span[]
  max_backlog_bytes: number
  longest_replay_standstill_while_primary_moved: Standstill | null
}

type Reading = { t: number; member: string; role: 'primary' | 'replica' | 'down'; lsn: number; replay: number }

/** What happened, by the judge's own readings alone. Times are seconds after `t0`. */
export function observe(capture: Capture, t0: number, end: number): Observed {
  const readings = records(capture, 'pg.jsonl').map(reading)
  const marks = records(capture, 'truth.jsonl').filter(({ type }) => type !== 'sample')
  const samples = records(capture, 'truth.jsonl').filter(({ type }) => type === 'sample')
  const names = [...new Set(readings.map(({ member }) => member))].sort()
  return {
    t0,
    t_end: end,
    unit: 'seconds since scenario_start (t0, epoch)',
    marks: marks.map(({ t, ...mark }) => ({ ...mark, at: round(Number(t) - t0) })),
    members: Object.fromEntries(names.map((name) => [name, member(name)])),
    primaries_count: counts(readings, t0),
  }

  function member(name: string): MemberObserved {
    const own = readings.filter((reading) => reading.member === name)
    const alive = samples.filter((sample) => sample.member === name)
    const gaps = own.filter(({ role }) => role === 'replica').map((at) => primaryAt(readings, at.t) - at.replay)
    return {
      postgres_role: spans(own.map(({ t, role }) => [t - t0, role])),
      patroni_process: spans(alive.map(({ t, patroni_alive }) => [Number(t) - t0, patroni_alive === true])),
      max_backlog_bytes: Math.max(0, ...gaps.filter(Number.isFinite)),
      longest_replay_standstill_while_primary_moved: standstill(own, readings, t0),
    }
  }
}

function records({ texts }: Capture, file: string): Record<string, unknown>[] {
  return (texts.get(file) ?? []).map((line) => JSON.parse(line) as Record<string, unknown>)
}

function reading(record: Record<string, unknown>): Reading {
  const role = 'error' in record ? 'down' : record.in_recovery === false ? 'primary' : 'replica'
  const [t, member] = [Number(record.t), String(record.member)]
  return { t, member, role, lsn: bytes(record.current_lsn), replay: bytes(record.replay_lsn) }
}

function bytes(lsn: unknown): number {
  const [high, low] = String(lsn).split('/')
  return low === undefined ? Number.NaN : Number.parseInt(String(high), 16) * 2 ** 32 + Number.parseInt(low, 16)
}

function spans(values: readonly (readonly [number, string | boolean | null])[]): Span[] {
  const found: Span[] = []
  for (const [at, value] of values) {
    const last = found.at(-1)
    if (last !== undefined) last[1] = round(at)
    if (last?.[2] !== value) found.push([round(at), round(at), value])
  }
  return found
}

function primaryAt(readings: readonly Reading[], t: number): number {
  return readings.findLast((reading) => reading.t <= t && reading.role === 'primary')?.lsn ?? Number.NaN
}

/** The longest time without a move of a replica's replay in which the primary wrote 1 MiB or more. */
function standstill(own: readonly Reading[], all: readonly Reading[], t0: number): Standstill | null {
  let longest: Standstill | null = null
  let begin: Reading | undefined
  for (const at of own) {
    if (at.role !== 'replica' || begin === undefined || at.replay !== begin.replay) {
      begin = at.role === 'replica' ? at : undefined
      continue
    }
    const moved = primaryAt(all, at.t) - primaryAt(all, begin.t)
    if (moved >= 1 << 20 && at.t - begin.t > (longest === null ? 8 : longest.to - longest.from)) {
      longest = { from: round(begin.t - t0), to: round(at.t - t0), primary_moved: moved }
    }
  }
  return longest
}

function counts(readings: readonly Reading[], t0: number): [number, number, number][] {
  const roles = new Map<string, string>()
  const each = readings.map(({ t, member, role }) => {
    roles.set(member, role)
    return [t - t0, String([...roles.values()].filter((role) => role === 'primary').length)] as const
  })
  return spans(each).map(([from, to, value]) => [from, to, Number(value)])
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10
