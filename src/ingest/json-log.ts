import type { Level } from '../model/message.ts'
import { DOCKER_CUT } from './envelopes/body.ts'
import { blanks, containerEnd, KINDS, kindOf, scalarEnd, string, stringEnd, tableOf } from './envelopes/scan.ts'
import type { StampReader } from './prefix.ts'

/** A line of Patroni's JSON log, whatever its keys are called; one object, overwritten by the next line. */
export interface JsonLogLine {
  /** Its local time as if it were UTC. */
  local: number
  level: Level
  messageFrom: number
  messageTo: number
}

const [QUOTE, COLON, COMMA, OPEN, CLOSE, LIST, DOT, ZERO, NINE] = [34, 58, 44, 123, 125, 91, 46, 48, 57] as const
/** `YYYY-MM-DD HH:MM:SS,mmm`, as Python writes it. */
const STAMP = 23
const SHORTEST_STAMP = 19
const [OTHER, REFUSED] = [0, 99] as const
/** Ranks of the keys that `logFields` asks for, the least wins; any other key of a shipper is none of Patroni's. */
const MESSAGES = ['message', 'msg'] as const
const TIMES = ['asctime', 'timestamp', 'datetime', 'ts', 'time', '@timestamp'] as const
const [FIRST_MESSAGE, FIRST_TIME, LATER_TIME] = [1, 10, 20] as const
const ROLES: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.keys(KINDS).map((key) => [key, REFUSED])),
  ...Object.fromEntries(MESSAGES.map((key, rank) => [key, FIRST_MESSAGE + rank])),
  ...Object.fromEntries(TIMES.map((key, rank) => [key, FIRST_TIME + rank])),
}
const keys = tableOf(ROLES)
const LEVELS: readonly Level[] = ['INFO', 'WARNING', 'ERROR', 'DEBUG', 'CRITICAL']
const words = LEVELS.map((level) => ({ level, bytes: new TextEncoder().encode(level) }))

/** What was found of the line so far. */
const found = { message: 0, messageFrom: 0, messageTo: 0, time: 0, stampFrom: 0, level: null as Level | null }

/**
 * Reads Patroni's JSON log where it stands, with the answers of `logFields`. False leaves the line to it: another kind
 * of object, escapes in the message, a time in another form, anything unusual.
 */
export function readJsonLog(
  bytes: Uint8Array,
  from: number,
  to: number,
  stamps: StampReader,
  line: JsonLogLine,
): boolean {
  if (!collect(bytes, from, to)) return false
  const { level, message, time, stampFrom, messageFrom, messageTo } = found
  if (level === null || message === REFUSED || time === REFUSED) return false
  if (messageTo - messageFrom >= DOCKER_CUT) return false
  const local = stamps.localMs(bytes, stampFrom)
  if (Number.isNaN(local)) return false
  line.local = local
  line.level = level
  line.messageFrom = messageFrom
  line.messageTo = messageTo
  return true
}

/** Looks at the members of the object; false when one of them needs `JSON.parse`. */
function collect(bytes: Uint8Array, from: number, to: number): boolean {
  found.message = REFUSED
  found.time = REFUSED
  found.level = null
  let at = blanks(bytes, from + 1, to)
  for (;;) {
    const keyFrom = at + 1
    if (bytes[at] !== QUOTE || isDigit(bytes[keyFrom])) return false
    const keyTo = endOfKey(bytes, keyFrom, to)
    const role = keyTo < 0 ? REFUSED : kindOf(bytes, keyFrom, keyTo, keys)
    if (role === REFUSED) return false
    at = blanks(bytes, keyTo + 1, to)
    if (bytes[at] !== COLON) return false
    at = blanks(bytes, at + 1, to)
    const end = valueEnd(bytes, at, to, role)
    if (end <= at) return false
    at = blanks(bytes, end, to)
    if (bytes[at] === CLOSE) return blanks(bytes, at + 1, to) === to
    if (bytes[at] !== COMMA) return false
    at = blanks(bytes, at + 1, to)
  }
}

/** The quote behind a key; -1 for keys with dots, which may lead into objects. */
function endOfKey(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] === QUOTE) return at
    if (bytes[at] === DOT) return -1
  }
  return -1
}

/** Takes a value in and gives its end, or -1. */
function valueEnd(bytes: Uint8Array, at: number, to: number, role: number): number {
  const first = bytes[at]
  if (first === OPEN || first === LIST) return role === OTHER ? containerEnd(bytes, at, to) : -1
  if (first !== QUOTE) return role === OTHER ? scalarEnd(bytes, at, to) : -1
  const end = stringEnd(bytes, at + 1, to)
  if (end < 0) return -1
  // What is escaped may be a level, a stamp or a message all the same.
  if (string.escaped || !take(bytes, at + 1, end, role)) return -1
  return end + 1
}

/** Takes a text in; false when it could be a stamp in another form, or a whole line. */
function take(bytes: Uint8Array, from: number, to: number, role: number): boolean {
  const isMessage = role >= FIRST_MESSAGE && role < FIRST_TIME
  if (isMessage && role <= found.message && to > from) {
    found.message = role
    found.messageFrom = from
    found.messageTo = to
  }
  if (found.level === null) found.level = levelOf(bytes, from, to)
  if (to - from < SHORTEST_STAMP || (!isDigit(bytes[from]) && bytes[from] !== LIST)) return true
  if (to - from !== STAMP || isMessage) return false
  // A stamp counts under any key, behind those whose names say it.
  const rank = role >= FIRST_TIME ? role : LATER_TIME
  if (rank > found.time || (rank === found.time && rank === LATER_TIME)) return true
  found.time = rank
  found.stampFrom = from
  return true
}

function levelOf(bytes: Uint8Array, from: number, to: number): Level | null {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as (typeof words)[number]
    if (word.bytes.length !== to - from || word.bytes[0] !== bytes[from]) continue
    let at = 1
    while (at < word.bytes.length && word.bytes[at] === bytes[from + at]) at++
    if (at === word.bytes.length) return word.level
  }
  return null
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
