import { isObject, type Json, object, text } from '../readings/json.ts'

/** Where a body stands when nothing tells the shipper. */
const BODIES = [
  'log',
  'message',
  'msg',
  'MESSAGE',
  'body',
  '_raw',
  'payload',
  'short_message',
  'text',
  'line',
  'textPayload',
  '@message',
  'LogEntry',
  'LogMessage',
  'event',
] as const

/** The text a record carries, or null. */
export function bodyOf(value: Json): string | null {
  const within = fieldText(value)
  if (within !== null) return within
  for (const key of BODIES) {
    const body = Object.hasOwn(value, key) ? value[key] : undefined
    if (typeof body === 'string') return asRead(value, key, body)
    if (isByteList(body)) return bytesText(body)
    if (isObject(body) && key === 'payload') return bodyOf(body)
  }
  return null
}

/** Telegraf's field `value`; ECS's `event.original`. */
function fieldText(value: Json): string | null {
  const field = object(value, 'fields')?.value
  if (typeof field === 'string') return field
  const original = object(value, 'event')?.original
  return typeof original === 'string' ? original : null
}

function isByteList(body: unknown): body is readonly number[] {
  return Array.isArray(body) && body.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)
}

/** journald gives a text that is no UTF-8 as an array of byte values. */
function bytesText(bytes: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

/** What stood where a byte was no UTF-8 is a replacement character, however the shipper wrote it. */
function asRead(value: Json, key: string, body: string): string {
  if (key === 'MESSAGE' && Object.hasOwn(value, 'PROGRAM')) return body.replace(ESCAPED_BYTE, '\ufffd')
  return withoutPrivateUse(body)
}

/** syslog-ng writes the byte as `\xfc`; a bytea value (`'\xfc01…'`) has a quote before or more digits behind. */
const ESCAPED_BYTE = /(?<!['"\\])\\x[89a-f][0-9a-f](?![0-9a-f]{2})/g
/** Fluent Bit writes it as a private character, 0xE000 + byte. */
const PRIVATE_BYTE = /[\ue080-\ue0ff]/g

function withoutPrivateUse(body: string): string {
  return body.replace(PRIVATE_BYTE, '\ufffd')
}

/** Marks of CRI or docker without a body are an empty line: Fluent Bit's parser drops empty fields. */
export function isEmptyLine(value: Json): boolean {
  return Object.hasOwn(value, 'stream') && Object.hasOwn(value, 'time')
}

/** Why a record that had a line has none; '' when it had none. */
export function whyMissing(value: Json): string {
  return Object.hasOwn(value, 'MESSAGE') ? 'journald left the text out: longer than 4096 bytes, read without --all' : ''
}

/** What metric shippers write, in the wrong place. */
export function isMetric(value: unknown): boolean {
  if (!isObject(value)) return false
  return ['resourceMetrics', 'fields', 'labels'].some((key) => Object.hasOwn(value, key))
}

/** docker cuts lines at 16 KiB. */
export const DOCKER_CUT = 16_384

/**
 * Whether the body is a bare part of a line. `_p` is no sign: Fluent Bit joins the parts and keeps the flag of the first.
 */
export function isPartial(value: Json): boolean {
  if (text(value, 'logtag') === 'P' && Object.hasOwn(value, 'message')) return true
  if (value._partial === true && Object.hasOwn(value, '_partial')) return true
  const log = text(value, 'log')
  const isCut = log !== undefined && log.length >= DOCKER_CUT && !log.endsWith('\n')
  return isCut && Object.hasOwn(value, 'stream') && !Object.hasOwn(value, '_p')
}
