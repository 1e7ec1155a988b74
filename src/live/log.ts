import { writeSync } from 'node:fs'
import { pino } from 'pino'
import { quoted, UsageError } from '../config/problem.ts'
import type { Log } from '../io/kafka/types.ts'
import { mask } from '../report/mask.ts'

/** How often, and after how many ms, a full pipe is tried again. */
const [TRIES, PAUSE] = [100, 10] as const
const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error']

/**
 * A line of JSON for each event: `event` is its name, the rest are its fields, without secrets. Written to the standard output.
 * Throws a UsageError when the environment asks for a level that there is not.
 */
export function openLog(): Log {
  const level = process.env.PATROLOG_LOG_LEVEL ?? 'info'
  if (!LEVELS.includes(level))
    throw new UsageError([`PATROLOG_LOG_LEVEL: expected one of ${LEVELS.join(', ')}, got ${quoted(level)}`])
  const options = {
    level,
    base: { pid: process.pid },
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const logger = pino(options, output())
  return (at, event, fields) => logger[at](masked(fields), event)
}

/**
 * The standard output. What cannot be written, since the disk is full or nobody reads any more, falls away: alerts are worth
 * more than a log. A line that was torn is ended before the next.
 */
function output() {
  let torn = false
  return {
    write(line: string): void {
      const bytes = Buffer.from(torn ? `\n${line}` : line)
      const written = writeAll(bytes)
      torn = written === 0 ? torn : written < bytes.length
    },
  }
}

/** Gives how many bytes were taken. A pipe that is full is waited for, but not for ever. */
function writeAll(bytes: Uint8Array): number {
  let at = 0
  for (let tries = 0; at < bytes.length && tries < TRIES; tries++) {
    try {
      at += writeSync(1, bytes, at)
      tries = 0
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return at
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
  return at
}

/** Messages of libraries quote URLs and settings as they are. */
function masked(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? mask(value) : value]),
  )
}
