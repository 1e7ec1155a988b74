import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UsageError } from '../config/problem.ts'
import type { Api, ApiAnswer } from '../notifier/api.ts'
import type { Metrics } from './metrics.ts'

/** What is the matter; null when nothing. */
export type Check = () => string | null

export interface HttpServer {
  readonly port: number
  close(): Promise<void>
}

/**
 * `/healthz`: nothing is stuck. `/readyz`: all roles do their work. `/metrics`: for Prometheus. `/api/…`: answered by `api`
 * once there is one. Throws a UsageError when the address cannot be listened on.
 */
export async function serve(
  at: { readonly host: string; readonly port: number },
  healthy: Check,
  ready: Check,
  metrics: Metrics,
  api: () => Api | undefined,
): Promise<HttpServer> {
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0]
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type }).end(body)
    }
    const check = (problem: string | null): void => answer(problem === null ? 200 : 503, TEXT, `${problem ?? 'ok'}\n`)
    const answering = path?.startsWith('/api/') === true ? api() : undefined
    if (path !== undefined && answering !== undefined) {
      const { status, body } = await asked(answering, path, request)
      answer(status, JSON_TYPE, JSON.stringify(body))
    } else if (request.method !== 'GET') answer(405, TEXT, 'expected GET\n')
    else if (path === '/healthz') check(healthy())
    else if (path === '/readyz') check(ready())
    else if (path === '/metrics') answer(200, metrics.registry.contentType, await metrics.registry.metrics())
    else answer(404, TEXT, 'expected /healthz, /readyz or /metrics\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message
      reject(new UsageError([`live.http: ${at.host}:${at.port}: ${why}`], { cause }))
    })
    server.listen(at.port, at.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What a request below `/api/` is answered. */
async function asked(api: Api, path: string, request: IncomingMessage): Promise<ApiAnswer> {
  const { method = 'GET', headers } = request
  try {
    const text = await textOf(request)
    if (text !== '' && headers['content-type'] !== JSON_TYPE)
      return { status: 415, body: { error: `expected ${JSON_TYPE}` } }
    const answer = await api({ method, path, body: text === '' ? undefined : JSON.parse(text) })
    return answer ?? { status: 404, body: { error: 'nothing here' } }
  } catch (error) {
    return { status: 400, body: { error: (error as Error).message } }
  }
}

const MOST_BODY = 64 * 1024

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request) {
    text += piece
    if (text.length > MOST_BODY) throw new Error('body too large')
  }
  return text
}

const JSON_TYPE = 'application/json'
const TEXT = 'text/plain; charset=utf-8'
