import type { ObjectCache } from './spans.ts'

/**
 * Looks through a JSON object for the text it carries without making objects of the rest. It understands only what the
 * common shippers write; whatever is unusual is left to `JSON.parse` and `openJson`, which decide.
 */
export interface Scan {
  /** Bounds of the body between its quotes. */
  bodyFrom: number
  bodyTo: number
  /** Whether the body has escapes, or private characters that stand for broken bytes. */
  escaped: boolean
  /** Values that tell the writer, as pairs (from, to) or (number of a known object, -1), and how many pairs. */
  readonly spans: Int32Array
  count: number
}

export function emptyScan(): Scan {
  return { bodyFrom: 0, bodyTo: 0, escaped: false, spans: new Int32Array(2 * MOST_SPANS), count: 0 }
}

const MOST_SPANS = 12
const [QUOTE, BACKSLASH, COLON, COMMA, OPEN, CLOSE, BLANK, PRIVATE] = [34, 92, 58, 44, 123, 125, 32, 0xee] as const
const [LIST, LIST_END, ZERO, NINE] = [91, 93, 48, 57] as const

/** What a key means: bodies are 1 to 9, the least wins. */
const [PASS, LOG, WRITER, UNUSUAL, TAG, SYSLOG_NG] = [0, 1, 20, 21, 22, 23] as const

/** The keys that shippers use for what matters here. */
export const KINDS: Readonly<Record<string, number>> = {
  log: LOG,
  message: 2,
  msg: 3,
  MESSAGE: 4,
  _raw: 6,
  short_message: 8,
  kubernetes: WRITER,
  stream: WRITER,
  host: WRITER,
  hostname: WRITER,
  HOST: WRITER,
  _HOSTNAME: WRITER,
  __HOSTNAME: WRITER,
  'host.name': WRITER,
  file: WRITER,
  filename: WRITER,
  _filename: WRITER,
  path: WRITER,
  FILE_NAME: WRITER,
  syslog_identifier: WRITER,
  SYSLOG_IDENTIFIER: WRITER,
  tags: WRITER,
  ddtags: WRITER,
  pod: WRITER,
  pod_name: WRITER,
  podName: WRITER,
  namespace: WRITER,
  namespace_name: WRITER,
  source: WRITER,
  logStreamName: WRITER,
  program: WRITER,
  programname: WRITER,
  PROGRAM: SYSLOG_NG,
  logtag: TAG,
  _partial: UNUSUAL,
  asctime: UNUSUAL,
  body: UNUSUAL,
  text: UNUSUAL,
  payload: UNUSUAL,
  fields: UNUSUAL,
  event: UNUSUAL,
  exc_info: UNUSUAL,
  labels: UNUSUAL,
  pkg: UNUSUAL,
  'cluster-name': UNUSUAL,
  error_severity: UNUSUAL,
  log_processed: UNUSUAL,
  resourceLogs: UNUSUAL,
  resourceMetrics: UNUSUAL,
  topic: UNUSUAL,
}

const encoder = new TextEncoder()
const PATH = encoder.encode('"path":"')
const P = 80
/** Levels by their length. */
const LEVELS: readonly (readonly Uint8Array[] | undefined)[] = Array.from({ length: 9 }, (_, length) => {
  const words = ['INFO', 'WARNING', 'ERROR', 'DEBUG', 'CRITICAL'].filter((word) => word.length === length)
  return words.length === 0 ? undefined : words.map((word) => encoder.encode(word))
})

interface Key {
  readonly bytes: Uint8Array
  readonly kind: number
}

/** Keys by their length and first byte. */
export type KeyTable = readonly (readonly Key[] | undefined)[]

export function keyTable(more: readonly string[]): KeyTable {
  return tableOf({ ...Object.fromEntries(more.map((key) => [key, WRITER])), ...KINDS })
}

export function tableOf(kinds: Readonly<Record<string, number>>): KeyTable {
  const table: Key[][] = []
  for (const [key, kind] of Object.entries(kinds)) {
    const bytes = encoder.encode(key)
    const at = (bytes.length << 8) | (bytes[0] as number)
    table[at] = [...(table[at] ?? []), { bytes, kind }]
  }
  return table
}

/**
 * Scans the object at `from`. False when it is not as common shippers write it: broken, without a body, a log that is
 * JSON itself, a part of a line.
 */
export function scanObject(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  keys: KeyTable,
  scan: Scan,
  objects: ObjectCache,
): boolean {
  scan.count = 0
  let best = 100
  let syslogNg = false
  let at = blanks(bytes, from + 1, to)
  for (;;) {
    if (bytes[at] !== QUOTE) return false
    const keyFrom = at + 1
    let keyTo = keyFrom
    while (keyTo < to && bytes[keyTo] !== QUOTE) keyTo++
    const kind = kindOf(bytes, keyFrom, keyTo, keys)
    if (kind === UNUSUAL) return false
    at = keyTo + 1
    if (bytes[at] !== COLON) at = blanks(bytes, at, to)
    if (bytes[at] !== COLON) return false
    at++
    if (bytes[at] === BLANK) at = blanks(bytes, at, to)
    const valueFrom = at
    const first = bytes[at] as number
    if (first === QUOTE) {
      at = stringEnd(bytes, at + 1, to)
      if (at < 0) return false
      if (isLevel(bytes, valueFrom + 1, at) || (kind === TAG && bytes[valueFrom + 1] === P)) return false
      if (kind < 10 && kind > 0 && kind < best) {
        best = kind
        scan.bodyFrom = valueFrom + 1
        scan.bodyTo = at
        scan.escaped = string.escaped
      }
      at++
    } else if (first === OPEN || first === LIST) {
      // A body that is no text, such as a list of bytes.
      if (kind > 1 && kind < 10) return false
      at = kind === WRITER ? writerObject(bytes, view, at, to, scan, objects) : containerEnd(bytes, at, to)
      if (at < 0) return false
    } else {
      if (kind > 0 && kind < 10) return false
      at = scalarEnd(bytes, at, to)
      if (at === valueFrom) return false
    }
    if (kind >= WRITER && kind !== TAG && first !== OPEN && first !== LIST && !note(scan, valueFrom, at)) return false
    if (kind === SYSLOG_NG) syslogNg = true
    // Beats have an object there, whose offset changes with each line and whose path does not.
    if (kind === LOG && first === OPEN && !notePath(scan, bytes, valueFrom, at)) return false
    if (bytes[at] !== COMMA) at = blanks(bytes, at, to)
    if (bytes[at] === COMMA) at = blanks(bytes, at + 1, to)
    else if (bytes[at] === CLOSE) break
    else return false
  }
  // It writes broken bytes as text, which only the slow way knows.
  if (syslogNg && scan.escaped) return false
  return best < 100 && blanks(bytes, at + 1, to) === to
}

/** Notes an object of metadata and gives its end, mostly without a look at what is in it. */
function writerObject(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  scan: Scan,
  objects: ObjectCache,
): number {
  const known = objects.find(bytes, view, from, to)
  if (known !== null) return note(scan, known.id, -1) ? from + known.length : -1
  const end = containerEnd(bytes, from, to)
  if (end < 0) return -1
  const kept = objects.keep(bytes, from, end)
  return (kept === null ? note(scan, from, end) : note(scan, kept.id, -1)) ? end : -1
}

function note(scan: Scan, from: number, to: number): boolean {
  if (scan.count === MOST_SPANS) return false
  scan.spans[2 * scan.count] = from
  scan.spans[2 * scan.count + 1] = to
  scan.count++
  return true
}

function notePath(scan: Scan, bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0 && at + PATH.length < to; at = bytes.indexOf(QUOTE, at + 1)) {
    let length = 0
    while (length < PATH.length && bytes[at + length] === PATH[length]) length++
    if (length === PATH.length) return note(scan, at + length - 1, stringEnd(bytes, at + length, to))
  }
  return true
}

/** Whether a value is one of Python's levels: then the object is a log itself, whatever its keys are called. */
function isLevel(bytes: Uint8Array, from: number, to: number): boolean {
  const word = LEVELS[to - from]
  if (word === undefined) return false
  for (const level of word) {
    let at = 0
    while (at < level.length && level[at] === bytes[from + at]) at++
    if (at === level.length) return true
  }
  return false
}

export function kindOf(bytes: Uint8Array, from: number, to: number, keys: KeyTable): number {
  const candidates = keys[((to - from) << 8) | (bytes[from] as number)]
  if (candidates === undefined) return PASS
  for (let index = 0; index < candidates.length; index++) {
    const { bytes: key, kind } = candidates[index] as Key
    let at = 1
    while (at < key.length && key[at] === bytes[from + at]) at++
    if (at === key.length) return kind
  }
  return PASS
}

/** Whether the last string had escapes. */
export const string = { escaped: false }

/** Where the quote stands that ends a string; -1 when it does not end. */
export function stringEnd(bytes: Uint8Array, from: number, to: number): number {
  string.escaped = false
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) {
      string.escaped = true
      at++
    } else if (byte === PRIVATE) string.escaped = true
  }
  return -1
}

/** Where an object or list ends, the byte behind it. */
export function containerEnd(bytes: Uint8Array, from: number, to: number): number {
  let depth = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) {
      at = stringEnd(bytes, at + 1, to)
      if (at < 0) return -1
    } else if (byte === OPEN || byte === LIST) depth++
    else if ((byte === CLOSE || byte === LIST_END) && --depth === 0) return at + 1
  }
  return -1
}

/** Where a number, `true`, `false` or `null` ends. */
export function scalarEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  for (; at < to; at++) {
    const byte = bytes[at] as number
    const inside = (byte >= ZERO && byte <= NINE) || (byte >= 97 && byte <= 122) || byte === 45 || byte === 46
    if (!inside && byte !== 43 && byte !== 69) break
  }
  return at
}

export function blanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && (bytes[at] as number) <= BLANK) at++
  return at
}
