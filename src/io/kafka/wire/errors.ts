import { KafkaError } from '../types.ts'
import type { ProtocolError } from './kafkajs.ts'

const FATAL: Readonly<Record<string, KafkaError['code']>> = {
  KafkaJSSASLAuthenticationError: 'authentication',
  KafkaJSServerDoesNotSupportApiKey: 'refused',
}

/** What no waiting mends, as an error of ours; null for what may pass: brokers away, elections, restarts. */
export function fatal(error: unknown): KafkaError | null {
  for (const each of chain(error)) {
    if (each instanceof KafkaError) return each.code === 'unreachable' ? null : each
    const code = each.type?.endsWith('AUTHORIZATION_FAILED') === true ? 'authorization' : FATAL[each.name]
    if (code !== undefined) return new KafkaError(code, `kafka: ${each.message}`, { cause: error })
  }
  return null
}

export type Caused = Error & Partial<Pick<ProtocolError, 'type' | 'retriable'>>

/** An error and its causes: the library wraps one for each layer that gave up on it. */
function* chain(error: unknown): Generator<Caused, void> {
  for (let each = error; each instanceof Error; each = each.cause) yield each
}

/** What an error began with. */
export function rootOf(error: unknown): Caused {
  return [...chain(error)].at(-1) ?? new Error(String(error))
}
