import { stateInWords } from '../words.ts'

/** How a state looks, the worst first: `lead` marks the leader, `none` does not apply. */
export const TONES = ['bad', 'warn', 'unknown', 'lead', 'calm', 'good', 'none'] as const
export type Tone = (typeof TONES)[number]

export interface Look {
  readonly tone: Tone
  readonly words: string
}

/** Values of a member's facets; an absent one is unknown. */
export type Values = ReadonlyMap<string, string>

/** One row of a member's drawing: the facets that it shows, and how. */
export interface Lane {
  readonly label: string
  readonly facets: readonly string[]
  look(values: Values): Look
}

const UNKNOWN: Look = { tone: 'unknown', words: 'unknown' }
const ROLES: Readonly<Record<string, Tone>> = { leader: 'lead', standby_leader: 'lead', replica: 'calm', none: 'warn' }
const POSTGRES: Readonly<Record<string, Tone>> = { running: 'good', starting: 'warn', stopped: 'bad', crashed: 'bad' }
const REPLICATION: Readonly<Record<string, Tone>> = { streaming: 'good', archive: 'calm', stopped: 'bad' }

/** The lanes of a member, in their order. */
export const LANES: readonly Lane[] = [
  { label: 'role', facets: ['role'], look: (values) => one('role', values, ROLES) },
  { label: 'PostgreSQL', facets: ['postgres'], look: (values) => one('postgres', values, POSTGRES) },
  { label: 'replication', facets: ['role', 'replication', 'upstream'], look: replication },
  { label: 'DCS', facets: ['dcs', 'failsafe', 'lockView'], look: dcs },
]

function one(facet: string, values: Values, tones: Readonly<Record<string, Tone>>): Look {
  const value = values.get(facet) ?? 'unknown'
  return value === 'unknown' ? UNKNOWN : { tone: tones[value] ?? 'calm', words: stateInWords(facet, value) }
}

/** What a replica receives, and from whom. A leader receives nothing, and that is no news. */
function replication(values: Values): Look {
  const value = values.get('replication') ?? 'unknown'
  const upstream = values.get('upstream') ?? 'unknown'
  if (values.get('role') === 'leader') return { tone: 'none', words: '' }
  if (value === 'unknown' && upstream === 'unknown') return UNKNOWN
  const words = [...(value === 'unknown' ? [] : [stateInWords('replication', value)]), ...followed(upstream)]
  const tone = REPLICATION[value] ?? (upstream === 'none' ? 'warn' : 'unknown')
  return { tone, words: words.join(', ') }
}

function followed(upstream: string): string[] {
  return upstream === 'unknown' ? [] : [stateInWords('upstream', upstream)]
}

/** What a member sees of the DCS: failsafe mode and a lost DCS before whom it takes for the leader. */
function dcs(values: Values): Look {
  const unreachable = values.get('dcs') === 'unreachable'
  const failsafe = values.get('failsafe') === 'holding'
  const view = values.get('lockView') ?? 'unknown'
  const troubles = [
    ...(failsafe ? [stateInWords('failsafe', 'holding')] : []),
    ...(unreachable ? [stateInWords('dcs', 'unreachable')] : []),
    ...(view === 'none' ? [stateInWords('lockView', 'none')] : []),
  ]
  if (troubles.length > 0) return { tone: unreachable && !failsafe ? 'bad' : 'warn', words: troubles.join(', ') }
  if (view !== 'unknown') return { tone: 'good', words: stateInWords('lockView', view) }
  return one('dcs', values, { reachable: 'good' })
}
