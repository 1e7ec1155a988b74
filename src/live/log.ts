import { pino } from 'pino'
import type { Log } from '../io/kafka/types.ts'

/** A line of JSON for each event: `event` is its name, the rest are its fields. Written to the standard output. */
export function openLog(level: string = process.env.PATROLOG_LOG_LEVEL ?? 'info'): Log {
  const logger = pino({
    level,
    base: { pid: process.pid },
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  })
  return (at, event, fields) => logger[at](fields, event)
}
