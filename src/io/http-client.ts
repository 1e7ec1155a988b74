import { readFile } from 'node:fs/promises'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { HttpAccess } from '../model/access.ts'
import { holdsCertificate, tlsReason } from '../model/tls.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

export interface HttpAsk {
  readonly method?: 'GET' | 'POST'
  /** Form fields of a POST. */
  readonly form?: Readonly<Record<string, string>>
  /** A longer body is refused, bytes. */
  readonly most: number
  readonly signal?: AbortSignal
}

/** Why there was no answer: a short sentence without secrets, and whether asking again may help. */
export class HttpFailure extends Error {
  readonly code: 'unreachable' | 'timeout' | 'too-large' | 'tls' | 'secret'

  constructor(code: HttpFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'HttpFailure'
    this.code = code
  }
}

export interface HttpClient {
  /** Asks once. Throws an HttpFailure when there is no whole answer; any status is an answer. */
  ask(url: string, ask: HttpAsk): Promise<HttpAnswer>
  close(): void
}

/** A client that keeps its connections. */
export function httpClient(access: HttpAccess): HttpClient {
  const http = new HttpAgent({ keepAlive: true, maxSockets: 8 })
  let https: Promise<HttpsAgent> | null = null

  async function ask(url: string, { method = 'GET', form, most, signal }: HttpAsk): Promise<HttpAnswer> {
    const secure = url.startsWith('https:')
    if (secure) https ??= secureAgent(access)
    const agent = secure ? await https : http
    const payload = form === undefined ? null : new URLSearchParams(form).toString()
    const headers = { ...(await authorization(access)), ...(payload === null ? {} : formHeaders(payload)) }
    return exchange({ url, method, agent, headers, payload, most, timeout: access.timeout, signal })
  }

  return {
    async ask(url, options) {
      try {
        return await ask(url, options)
      } catch (error) {
        if (error instanceof HttpFailure && error.code === 'tls') https = null
        throw error
      }
    },
    close() {
      http.destroy()
      https?.then((agent) => agent.destroy()).catch(() => {})
    },
  }
}

async function secureAgent({ ca, cert, key, serverName, insecure }: HttpAccess): Promise<HttpsAgent> {
  const [authority, certificate, secret] = await Promise.all([ca, cert, key].map((file) => readSecret(file)))
  if (typeof authority === 'string' && !holdsCertificate(authority))
    throw new HttpFailure('secret', `${ca}: expected certificates (PEM), got none`)
  return new HttpsAgent({
    keepAlive: true,
    maxSockets: 8,
    ...(authority === null ? {} : { ca: authority }),
    ...(certificate === null ? {} : { cert: certificate }),
    ...(secret === null ? {} : { key: secret }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    rejectUnauthorized: insecure !== true,
  })
}

async function authorization(access: HttpAccess): Promise<Record<string, string>> {
  const token = access.token ?? (await readSecret(access.tokenFile))
  if (typeof token === 'string') return { authorization: `Bearer ${token.trim()}` }
  if (access.username === undefined) return {}
  const password = access.password ?? (await readSecret(access.passwordFile)) ?? ''
  const pair = Buffer.from(`${access.username}:${password.replace(/\r?\n$/, '')}`)
  return { authorization: `Basic ${pair.toString('base64')}` }
}

async function readSecret(file: string | undefined): Promise<string | null> {
  if (file === undefined) return null
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new HttpFailure('secret', `${file}: ${(cause as NodeJS.ErrnoException).code ?? 'not readable'}`, { cause })
  }
}

function formHeaders(payload: string): Record<string, string> {
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(payload)),
  }
}

interface Exchange {
  readonly url: string
  readonly method: string
  readonly agent: HttpAgent | HttpsAgent | null
  readonly headers: Record<string, string>
  readonly payload: string | null
  readonly most: number
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

function exchange({ url, method, agent, headers, payload, most, timeout, signal }: Exchange): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest
    const until = AbortSignal.timeout(timeout)
    const options = {
      method,
      headers,
      ...(agent === null ? {} : { agent }),
      signal: signal === undefined ? until : AbortSignal.any([signal, until]),
    }
    const fail = (error: Error): void => reject(until.aborted ? timedOut(timeout) : failureOf(error))
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        if (size > most) response.destroy(new HttpFailure('too-large', `answer of more than ${most} bytes`))
      })
      response.on('error', fail)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    request.on('error', fail)
    request.end(payload ?? undefined)
  })
}

function timedOut(timeout: number): HttpFailure {
  return new HttpFailure('timeout', `no answer within ${timeout / 1000} s`)
}

const REACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  EHOSTUNREACH: 'host unreachable',
  ETIMEDOUT: 'connection timed out',
}

/** Codes of OpenSSL and of Node's own check of certificates. */
const TLS = /^ERR_(?:TLS|SSL)|CERT|^UNABLE_TO|^ERR_OSSL|HOSTNAME/

function failureOf(error: Error): HttpFailure {
  if (error instanceof HttpFailure) return error
  const { code = '' } = error as NodeJS.ErrnoException
  const reason = REACHED[code]
  if (reason !== undefined) return new HttpFailure('unreachable', reason, { cause: error })
  return new HttpFailure(TLS.test(code) ? 'tls' : 'unreachable', tlsReason(error.message), { cause: error })
}
