import type { Shown } from '../../../src/model/effect.ts'
import type { Sample } from '../../../src/model/sample.ts'
import type { Summary } from '../../../src/model/summary.ts'
import { collector } from '../../../src/report/html/collect.ts'
import { documentHtml } from '../../../src/report/html/document.ts'
import { T } from '../effects.ts'

const MINUTES = 60_000

export const summary = (given: Partial<Summary> = {}): Summary => ({
  kind: 'summary',
  time: T,
  from: T,
  to: T + 10 * MINUTES,
  zone: 'UTC',
  records: {
    ...{ total: 0, events: 0, samples: 0, noise: 0, continuation: 0 },
    ...{ unrecognised: 0, rejected: 0, duplicate: 0, late: 0, empty: 0 },
  },
  unrecognised: [],
  transitions: 0,
  alerts: {},
  open: [],
  inputs: [],
  problems: [],
  members: [],
  ...given,
})

export interface Asked {
  readonly samples?: readonly Sample[]
  /** When lines of pg-1 came, in seconds after T. */
  readonly heard?: readonly (readonly [from: number, to: number])[]
  readonly summary?: Partial<Summary>
  readonly from?: number
  readonly to?: number
}

/** The page of these effects and samples of the cluster `demo`. */
export function pageOf(
  effects: readonly Shown[],
  { samples = [], heard = [], summary: given = {}, from, to }: Asked = {},
): string {
  const told = collector(from ?? Number.NEGATIVE_INFINITY)
  for (const effect of effects) told.effect(effect)
  for (const [begin, end] of heard) told.heard('demo', 'pg-1', { from: T + begin * 1_000, to: T + end * 1_000 })
  for (const sample of samples) told.reading('demo', sample, true)
  const assets = { style: { text: 'a{}', hash: 'sha256-style' }, script: { text: '0', hash: 'sha256-script' } }
  return documentHtml(told, summary(given), { zone: 'UTC', from: from ?? null, to: to ?? null, assets })
}

/** A reading of pg-0, the primary, or of pg-1, a replica. `at`: seconds after T, `bytes`: its position. */
export function sample(member: 'pg-0' | 'pg-1', at: number, bytes: number, given: Partial<Sample> = {}): Sample {
  const lsn = BigInt(bytes)
  const position = member === 'pg-0' ? { writeLsn: lsn } : { receiveLsn: lsn, replayLsn: lsn }
  const role = member === 'pg-0' ? 'primary' : 'replica'
  const time = T + at * 1_000
  return {
    kind: 'sample',
    cluster: 'demo',
    member,
    time,
    via: '/patroni',
    role,
    state: 'running',
    ...position,
    ...given,
  }
}
