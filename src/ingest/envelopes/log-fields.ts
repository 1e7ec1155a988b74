import { isObject, type Json, text } from '../readings/json.ts'
import type { Enveloped, LogFields } from './enveloped.ts'
import { firstText, type Identity, type IdentityRules, identityOf } from './identity.ts'

const MESSAGES = ['message', 'msg', 'text', 'event'] as const
/** The log's own names of the time before those that shippers add. */
const TIMES = ['asctime', 'timestamp', 'datetime', 'ts', 'time', '@timestamp'] as const
const LEVEL = /^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)$/
const STAMPED = /^\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/

/**
 * A log that is JSON itself: PostgreSQL's jsonlog, the operator's, Patroni's with its keys as configured. Null when the
 * object only carries a text line.
 */
export function logFields(value: Json, rules: IdentityRules): Enveloped | null {
  const message = firstText(value, MESSAGES)
  if (message === null || STAMPED.test(message)) return null
  return jsonlog(value, message, rules) ?? operator(value, message, rules) ?? patroni(value, message, rules)
}

function jsonlog(value: Json, message: string, rules: IdentityRules): Enveloped | null {
  const level = text(value, 'error_severity')
  if (level === undefined) return null
  const sqlstate = text(value, 'state_code') ?? ''
  return made(message, identityOf(value, rules), {
    program: 'postgres',
    time: text(value, 'timestamp') ?? '',
    level,
    sqlstate,
  })
}

function operator(value: Json, message: string, rules: IdentityRules): Enveloped | null {
  const name = text(value, 'cluster-name')
  if (text(value, 'msg') === undefined || (name === undefined && text(value, 'pkg') === undefined)) return null
  const identity = identityOf(value, rules)
  // The operator writes of a cluster and is no member of it.
  const of = name === undefined ? identity : { ...identity, member: null, cluster: name }
  const time = firstText(value, ['time', 'ts']) ?? ''
  return made(message, of, { program: 'operator', time, level: text(value, 'level') ?? 'info', sqlstate: '' })
}

/** Keys may be renamed (`log.format` as a list): the level tells itself by its value, the time by its form. */
function patroni(value: Json, message: string, rules: IdentityRules): Enveloped | null {
  if (text(value, 'log') !== undefined || Object.hasOwn(value, 'MESSAGE')) return null
  const level = ofForm(value, LEVEL)
  const time = level === null ? null : (named(value, TIMES, STAMPED) ?? ofForm(value, STAMPED))
  if (level === null || time === null) return null
  return made(withTrace(message, value), identityOf(value, rules), { program: 'patroni', time, level, sqlstate: '' })
}

function named(value: Json, names: readonly string[], form: RegExp): string | null {
  for (const name of names) {
    const found = text(value, name)
    if (found !== undefined && form.test(found)) return found
  }
  return null
}

function ofForm(value: Json, form: RegExp): string | null {
  for (const found of Object.values(value)) if (typeof found === 'string' && form.test(found)) return found
  return null
}

/** Patroni's JSON has the traceback of a record in `exc_info`. */
function withTrace(message: string, value: Json): string {
  const trace = text(value, 'exc_info')
  return trace === undefined ? message : `${message}\n${trace}`
}

function made(message: string, identity: Identity, fields: LogFields): Enveloped {
  return { text: message, identity, stream: '', partial: false, fields, time: '', missing: '' }
}

/** The log's own object where a shipper put it beside its metadata. */
export function lifted(value: Json): Json | null {
  const inner = value.log_processed
  return Object.hasOwn(value, 'log_processed') && isObject(inner) ? inner : null
}
