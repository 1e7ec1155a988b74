import type { PollFailure, Reading, Sample } from '../../model/sample.ts'
import { readCluster, readConfig } from './cluster.ts'
import { array, isObject, type Json, number, object, text } from './json.ts'
import { readPatroniMetrics } from './metrics.ts'
import { type At, readPatroniBody } from './patroni.ts'

/**
 * Reads one line of a capture file: `{"t":<epoch s>,"member":"…","path":"/patroni|/cluster|/metrics|/config",
 * "status":200,"body":{…}}`, `"text"` for /metrics, `"error"` when the poll failed. Never throws.
 */
export function readCapture(line: string): readonly Reading[] | { readonly reject: string } {
  let poll: unknown
  try {
    poll = JSON.parse(line)
  } catch {
    return { reject: 'no JSON' }
  }
  if (!isObject(poll)) return { reject: 'no JSON object' }
  const [seconds, member, path] = [number(poll, 't'), text(poll, 'member'), text(poll, 'path')]
  if (seconds === undefined || member === undefined || path === undefined)
    return { reject: 'no capture: expected t, member and path' }
  const at: At = { member, time: Math.round(seconds * 1000), cluster: text(poll, 'cluster') ?? null, via: path }
  return readPoll(poll, path, at)
}

/** Reads one REST poll: its `body`, `text` or `error`, and `status`. */
export function readPoll(poll: Json, path: string, at: At): readonly Reading[] | { readonly reject: string } {
  const error = text(poll, 'error')
  if (error !== undefined) return [failure(at, path, error)]
  const reading = readBody(poll, path, at)
  if (reading !== null) return [reading]
  const status = number(poll, 'status')
  if (status !== undefined && status >= 400) return [failure(at, path, `status ${status}`)]
  return { reject: `no body of ${path}` }
}

function readBody(poll: Json, path: string, at: At): Reading | null {
  const body = Object.hasOwn(poll, 'body') ? poll.body : undefined
  switch (path.replace(/\?.*$/, '')) {
    case '/metrics':
      return readPatroniMetrics(text(poll, 'text') ?? (typeof body === 'string' ? body : ''), at)
    case '/cluster':
      return readCluster(body, at)
    case '/config':
      return readConfig(body, at)
    default:
      return readPatroniBody(body, at)
  }
}

function failure(at: At, path: string, error: string): PollFailure {
  return { kind: 'poll-failure', cluster: at.cluster, member: at.member, time: at.time, path, error }
}

const ANSWER = /Got response from (\S{1,253}) \S{1,500} ?: (\{.*\})\s*$/s

/**
 * Reads the body that a log line quotes: `Got response from NAME URL: {json}`. Null when it quotes none, or one of
 * another member: where `restapi.connect_address` is an address of everybody (0.0.0.0, a virtual IP), who asks is answered
 * by itself.
 */
export function readLoggedBody(
  line: string,
  at: { readonly cluster: string | null; readonly time: number },
): Sample | null {
  const match = ANSWER.exec(line.length > 20_000 ? '' : line)
  if (match === null) return null
  try {
    const [member, body] = [match[1] as string, JSON.parse(match[2] as string)]
    return answeredBy(member, body) ? readPatroniBody(body, { ...at, member, via: 'log' }) : null
  } catch {
    return null
  }
}

/** Nobody bears another's name (written since 3.1.0), and nobody streams from itself. */
function answeredBy(member: string, body: unknown): boolean {
  if (!isObject(body)) return false
  const name = text(object(body, 'patroni') ?? {}, 'name')
  if (name !== undefined && name !== member) return false
  return !(array(body, 'replication') ?? []).some((row) => isObject(row) && text(row, 'application_name') === member)
}
