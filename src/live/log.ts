import { pino } from 'pino'
import { quoted, UsageError } from '../config/problem.ts'
import type { Log } from '../io/kafka/types.ts'
import { mask } from '../report/mask.ts'

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error']

/**
 * A line of JSON for each event: `event` is its name, the rest are its fields, without secrets. Written to the standard output.
 * Throws a UsageError when the environment asks for a level that there is not.
 */
export function openLog(): Log {
  const level = process.env.PATROLOG_LOG_LEVEL ?? 'info'
  if (!LEVELS.includes(level))
    throw new UsageError([`PATROLOG_LOG_LEVEL: expected one of ${LEVELS.join(', ')}, got ${quoted(level)}`])
  const logger = pino({
    level,
    base: { pid: process.pid },
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  })
  return (at, event, fields) => logger[at](masked(fields), event)
}

/** Messages of libraries quote URLs and settings as they are. */
function masked(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? mask(value) : value]),
  )
}
