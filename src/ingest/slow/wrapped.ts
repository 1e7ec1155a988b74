import { readBsd } from '../bsd.ts'
import { hostIdentity, type Identity, type IdentityRules } from '../envelopes/identity.ts'
import { readStamp } from '../loose.ts'
import { isProcess } from '../paste.ts'
import { TIMES, type Unwrapped, unwrap } from '../wrap.ts'
import type { Copies } from './copies.ts'
import type { Joiner } from './joiner.ts'
import type { LineMaker } from './lines.ts'
import { DEEPEST, type Open, type Part, type SlowLine, within } from './part.ts'
import { clockOf, journalOf, noted, type Reading } from './reading.ts'
import { message } from './wordings.ts'

/** Wrappers that are names and nothing else. */
const OF_NAMES = new Set(['stern', 'compose'])

/** Opens a line that is wrapped by journald, syslog, a container runtime or a tool that follows pods; null when it is not. */
export function wrapped(
  reading: Reading,
  make: LineMaker,
  { join }: Joiner,
  open: Open,
  { isOwn }: Copies,
  part: Part,
): readonly SlowLine[] | null {
  const inner = part.depth >= DEEPEST ? null : unwrap(part.text, reading.shape === TIMES)
  if (inner === null || (OF_NAMES.has(inner.kind) && (isProcess(inner.member) || isOwn(part, true)))) return null
  const stream = within(part.stream, inner.stream)
  const identity = inner.member === null ? part.identity : identityOf(inner, reading.rules)
  const whole = join({ ...part, identity, stream }, inner.text, inner.partial)
  if (whole === null) return []
  reading.wrapped = true
  noted(reading, inner.kind)
  const next = { ...whole, depth: part.depth + (inner.kind === 'topic dump' ? 0 : 1) }
  return open(next) ?? message(reading, make, next, timeOf(part.text, reading)) ?? [make.bare(next)]
}

/** In front of the time of RFC 5424. */
const PRIORITY = /^(?:<\d{1,3}>)?1 /

function timeOf(text: string, reading: Reading): number {
  const time = readStamp(text.replace(PRIORITY, ''), clockOf(reading))
  return Number.isNaN(time) ? readBsd(text, journalOf(reading)) : time
}

/** A pod behind kubectl's or stern's prefix is named; a host may stand for somebody else. */
function identityOf({ kind, member, cluster }: Unwrapped, rules: IdentityRules): Identity {
  if (kind === 'kubectl' || kind === 'stern') return { member, cluster, basis: 'pod name' }
  return hostIdentity(member as string, rules)
}
