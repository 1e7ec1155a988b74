import { EPOCH } from './probe.ts'
import { SEVERITY_WORD } from './severity.ts'
import { TAB } from './tab.ts'

/** When a line of a text was written, as it says itself. */
export interface Stamp {
  /** As if it were UTC, epoch ms, without the fraction. */
  readonly local: number
  /** Stamps of one kind go by one clock. */
  readonly kind: string
  readonly isPatroni: boolean
  /** Whether it stands behind a TAB, as what PostgreSQL's messages quote. */
  readonly indented: boolean
  /** Whether it stands behind a quote, as times in the rows of a statement do. */
  readonly quoted: boolean
  /** Whether a severity of PostgreSQL stands behind it. */
  readonly ofServer: boolean
}

/** Of each line of a text. */
export type Stamps = readonly (Stamp | null)[]

const PLAIN = { isPatroni: false, indented: false, quoted: false, ofServer: false }
const SEVERITY = new RegExp(SEVERITY_WORD, 'u')
/** A TAB that begins a line, also behind a wrapper. */
const INDENTED = new RegExp(String.raw`(?:^|[\s"':\]])${TAB}`)
const STAMP = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:([.,])\d{3})?/g
/** A line that begins with Patroni's stamp and a level: nothing else has to be looked for in it. */
const PATRONI = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d),\d{3} [A-Z]+: /
const REACH = 300

/** The stamp nearest to the message: a wrapper's stands before it. Null where a line has none. */
export function stampOf(line: string): Stamp | null {
  const epoch = EPOCH.exec(line)
  if (epoch !== null) return { ...PLAIN, local: Number(epoch[1]) * 1000, kind: 'epoch' }
  const own = PATRONI.exec(line)
  if (own !== null) return { ...PLAIN, local: timeIn(own), kind: 'patroni', isPatroni: true }
  const head = headOf(line)
  const found = [...head.slice(0, REACH).matchAll(STAMP)]
  const patroni = found.find((match) => match[7] === ',')
  const match = patroni ?? found.at(-1)
  if (match === undefined) return null
  const before = head.slice(0, match.index)
  const indented = INDENTED.test(before)
  return {
    local: timeIn(match),
    kind: patroni === undefined ? `${found.length} others` : 'patroni',
    isPatroni: patroni !== undefined,
    indented,
    quoted: before.includes("'"),
    ofServer: head.length < line.length && !indented,
  }
}

function timeIn(match: RegExpExecArray): number {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, ...number[]]
  return Date.UTC(year, (month as number) - 1, day, hour, minute, second)
}

/** What stands in front of a message of PostgreSQL, in which other times may be quoted; else the whole line. */
function headOf(line: string): string {
  const at = line.slice(0, REACH).search(SEVERITY)
  return at < 0 ? line : line.slice(0, at)
}
