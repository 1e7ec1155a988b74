import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from './metrics.ts'

/** What is the matter; null when nothing. */
export type Check = () => string | null

export interface HttpServer {
  readonly port: number
  close(): Promise<void>
}

/** `/healthz`: nothing is stuck. `/readyz`: all roles do their work. `/metrics`: for Prometheus. */
export async function serve(
  at: { readonly host: string; readonly port: number },
  healthy: Check,
  ready: Check,
  metrics: Metrics,
): Promise<HttpServer> {
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0]
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type }).end(body)
    }
    const check = (problem: string | null): void => answer(problem === null ? 200 : 503, TEXT, `${problem ?? 'ok'}\n`)
    if (request.method !== 'GET') answer(405, TEXT, 'expected GET\n')
    else if (path === '/healthz') check(healthy())
    else if (path === '/readyz') check(ready())
    else if (path === '/metrics') answer(200, metrics.registry.contentType, await metrics.registry.metrics())
    else answer(404, TEXT, 'expected /healthz, /readyz or /metrics\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
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

const TEXT = 'text/plain; charset=utf-8'
