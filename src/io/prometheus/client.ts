import type { HttpAccess } from '../../model/access.ts'
import type { PollClock } from '../clock.ts'
import { type HttpAnswer, type HttpClient, HttpFailure, httpClient } from '../http-client.ts'

/** A Prometheus and what of it is asked for. */
export interface PrometheusAccess extends HttpAccess {
  /** Base URL, with the path prefix if it has one. */
  readonly url: string
  /** More matchers for every series, without braces: `job="patroni",cluster=~"eu-.*"`. */
  readonly match?: string
}

/** Prometheus refused or could not be asked: the reason as it gave it, never a secret. */
export class PrometheusError extends Error {
  /** `narrow`: a shorter range may pass. `later`: another try may pass. `never`: neither. */
  readonly remedy: 'narrow' | 'later' | 'never'

  constructor(message: string, remedy: PrometheusError['remedy'], options?: ErrorOptions) {
    super(message, options)
    this.name = 'PrometheusError'
    this.remedy = remedy
  }
}

export interface PrometheusClient {
  /**
   * Raw samples of the time after `from`, up to `to` (epoch ms): the JSON that the server answered. Tries again, with
   * growing pauses, while that may help. Throws a PrometheusError.
   */
  range(names: string, from: number, to: number, signal: AbortSignal): Promise<unknown>
  close(): void
}

/** More than one answer of a whole fleet needs; beyond it the range is halved. */
const MOST_BYTES = 64 * 1024 * 1024
const TRIES = 5
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000

export function prometheusClient(access: PrometheusAccess, clock: PollClock): PrometheusClient {
  const http = httpClient(access)
  const url = `${access.url.replace(/\/+$/, '')}/api/v1/query`

  return {
    async range(names, from, to, signal) {
      const form = { query: selector(names, access.match, to - from), time: (to / 1000).toFixed(3) }
      for (let pause = FIRST_PAUSE, attempt = 1; ; attempt++, pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        try {
          return await once(http, url, form, signal)
        } catch (error) {
          const last = attempt >= TRIES || signal.aborted
          if (last || !(error instanceof PrometheusError) || error.remedy !== 'later') throw error
          await clock.sleep(pause * (0.5 + clock.chance()), signal)
        }
      }
    },
    close: () => http.close(),
  }
}

/** A range selector in an instant query gives raw samples with the times of their scrapes. */
export function selector(names: string, match: string | undefined, length: number): string {
  const more = match === undefined || match.trim() === '' ? '' : `,${match.trim().replace(/^\{|\}$/g, '')}`
  return `{__name__=~"${names}"${more}}[${Math.max(1, Math.round(length))}ms]`
}

async function once(
  http: HttpClient,
  url: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<unknown> {
  const answer = await ask(http, url, form, signal)
  const body = parsed(answer.body)
  if (answer.status === 200 && body !== undefined) return body
  throw refusal(answer, body)
}

async function ask(
  http: HttpClient,
  url: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    return await http.ask(url, { method: 'POST', form, most: MOST_BYTES, signal })
  } catch (cause) {
    if (!(cause instanceof HttpFailure)) throw cause
    const remedy =
      cause.code === 'too-large' ? 'narrow' : cause.code === 'tls' || cause.code === 'secret' ? 'never' : 'later'
    throw new PrometheusError(cause.message, remedy, { cause })
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** 422: the query could not be executed, most often too many samples. 503: timed out, or not ready yet. */
function refusal({ status }: HttpAnswer, body: unknown): PrometheusError {
  const { error, errorType } = (body ?? {}) as { error?: unknown; errorType?: unknown }
  const reason = typeof error === 'string' ? error : status === 200 ? 'no JSON of Prometheus' : `status ${status}`
  const said = typeof errorType === 'string' ? `${errorType}: ${reason}` : reason
  if (status === 422 || /too many samples/.test(reason)) return new PrometheusError(said, 'narrow')
  if (errorType === 'timeout') return new PrometheusError(said, 'narrow')
  const passing = status >= 500 || status === 429 || status === 408
  return new PrometheusError(said, passing ? 'later' : 'never')
}
