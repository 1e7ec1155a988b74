import type { Outcome } from '../model/sending.ts'

/** Errors of a connection that was never made: nothing can have arrived. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EDNS',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The error at the bottom of a chain of causes that names a reason of the network. */
export function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; depth++) {
    const { code } = at as NodeJS.ErrnoException
    if (code !== undefined && !code.startsWith('slack_')) return code
    if (at instanceof AggregateError && at.errors.length > 0) at = at.errors[0]
    else at = (at as { original?: unknown }).original ?? at.cause
  }
  return undefined
}

/** The code of a connection that failed, else what the error at the bottom says: `fetch failed` says nothing. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  if (code !== undefined) return code
  let at = error
  for (let depth = 0; at instanceof Error && at.cause instanceof Error && depth < 6; depth++) at = at.cause
  return at instanceof Error ? at.message : String(at)
}

/** What is known of a request that ended without an answer. */
export function lost(error: unknown): Outcome {
  const code = codeOf(error)
  const why = reasonOf(error)
  if (code !== undefined && NOT_CONNECTED.has(code)) return { result: 'later', why, after: null }
  return { result: 'unknown', why: `no answer: ${why}` }
}

/** `Retry-After` in ms: seconds or a date of HTTP; null when it says neither. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

const TIMEOUT = 15_000
/** No more of an answer is read. */
const MOST_ANSWER = 300

/** Posts JSON where a second arrival does no harm. Any success is one; what the receiver says of a refusal is kept. */
export async function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    })
    return await outcomeOf(response)
  } catch (error) {
    return lost(error)
  }
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const said = (await response.text()).slice(0, MOST_ANSWER).replace(/\s+/g, ' ').trim()
  if (response.ok) return { result: 'sent', ref: null }
  const why = `HTTP ${response.status}${said === '' ? '' : `: ${said}`}`
  if (response.status === 429)
    return { result: 'later', why, after: retryAfter(response.headers.get('retry-after'), Date.now()) }
  if (response.status === 408 || response.status >= 500) return { result: 'unknown', why }
  return { result: 'refused', why }
}
