import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Channel, channel, error, type PostedMessage } from './slack-channel.ts'
import { channelPage } from './slack-page.ts'

/**
 * What the stand-in does to a call beside answering it. `slow`: answers after so many ms. `lost`: carries it out and cuts
 * the connection. `cut`: cuts without carrying it out. `status`: answers with it instead, `retryAfter` in s.
 */
export interface Fault {
  readonly slow?: number
  readonly lost?: boolean
  readonly cut?: boolean
  readonly status?: number
  readonly retryAfter?: number
  /** Answers `ok: false` with this word. */
  readonly error?: string
  /** Carried out although the answer is `status`. */
  readonly done?: boolean
}

export interface SlackStandIn {
  readonly apiUrl: string
  readonly pageUrl: string
  readonly messages: readonly PostedMessage[]
  /** Somebody deletes a message, and with it its thread. */
  remove(ts: string): void
  /** Calls by method, refused ones included. */
  readonly calls: Readonly<Record<string, number>>
  close(): Promise<void>
}

export interface SlackStandInOptions {
  readonly token: string
  readonly channel: string
  /** Messages a second, and how many at once; documented is about one. */
  readonly perSecond?: number
  readonly burst?: number
  readonly port?: number
  /** Address listened on; the loopback when not set. */
  readonly host?: string
  /** Asked at each call. */
  readonly fault?: (method: string) => Fault
  readonly now?: () => number
}

const MOST_BODY = 1 << 20

/** Slack's Web API on the loopback, as far as patrolog uses it: one channel, its limits, and faults on request. */
export async function slackStandIn(options: SlackStandInOptions): Promise<SlackStandIn> {
  const now = options.now ?? Date.now
  const room = channel(options.channel, now)
  const calls: Record<string, number> = {}
  const allowed = bucket(options.perSecond ?? 1, options.burst ?? 3, now)

  async function api(method: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = Object.fromEntries(new URLSearchParams(await bodyOf(request)))
    calls[method] = (calls[method] ?? 0) + 1
    const fault = options.fault?.(method) ?? {}
    if (fault.cut === true) {
      request.socket.destroy()
      return
    }
    if (fault.slow !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.slow))
    const limited = fault.status === undefined && method === 'chat.postMessage' && !allowed()
    const status = limited ? 429 : (fault.status ?? 200)
    const answer =
      fault.error !== undefined
        ? error(fault.error)
        : status === 200 || fault.done === true
          ? answerTo(room, method, given, request, options.token)
          : null
    if (fault.lost === true) request.socket.destroy()
    else send(response, status, answer, fault.retryAfter ?? 1)
  }

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://stand-in').pathname
    if (!path.startsWith('/api/')) {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(channelPage(options.channel, room.messages))
      return
    }
    api(path.slice('/api/'.length), request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    apiUrl: `${base}api/`,
    pageUrl: base,
    messages: room.messages,
    remove: room.remove,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function answerTo(
  room: Channel,
  method: string,
  given: Record<string, string>,
  request: IncomingMessage,
  token: string,
) {
  const { authorization } = request.headers
  if (authorization === undefined) return error('not_authed')
  if (authorization !== `Bearer ${token}`) return error('invalid_auth')
  return method === 'auth.test' ? { ok: true, user: 'patrolog', team: 'Stand-in' } : room.call(method, given)
}

function send(response: ServerResponse, status: number, answer: object | null, retryAfter: number): void {
  const headers = {
    'content-type': 'application/json',
    ...(status === 429 ? { 'retry-after': String(retryAfter) } : {}),
  }
  response.writeHead(status, headers).end(status === 200 ? JSON.stringify(answer) : '')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request) {
    size += (piece as Buffer).length
    if (size > MOST_BODY) throw new Error('body too large')
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces).toString()
}

/** So many at once, refilled at a rate. */
function bucket(perSecond: number, burst: number, now: () => number): () => boolean {
  let left = burst
  let at = now()
  return () => {
    left = Math.min(burst, left + ((now() - at) / 1000) * perSecond)
    at = now()
    if (left < 1) return false
    left--
    return true
  }
}
