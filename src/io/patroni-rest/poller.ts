import type { HttpAccess } from '../../model/access.ts'
import type { PollClock } from '../clock.ts'
import { type HttpAnswer, HttpFailure, httpClient } from '../http-client.ts'
import { discovered } from './discover.ts'
import { pathsDue, type RestPath } from './paths.ts'

/** One question to a member, as answered: `body` is JSON, `text` that of /metrics; `error` when there was no answer. */
export interface Poll {
  readonly member: string
  readonly path: RestPath
  /** Epoch ms, half way between question and answer. */
  readonly time: number
  readonly status?: number
  readonly body?: unknown
  readonly text?: string
  readonly error?: string
}

export interface RestPollerOptions {
  readonly access: HttpAccess
  /** Base URLs of the REST API by member. */
  readonly members: Readonly<Record<string, string>>
  /** Whether members that `/cluster` names are read too. */
  readonly discover: boolean
  /** Time between two rounds of a member, ms; each wait is up to a tenth shorter or longer. */
  readonly interval: number
  readonly clock: PollClock
  readonly onPoll: (poll: Poll) => void
}

export interface RestPoller {
  start(): void
  /** Resolves when the last question is over. */
  stop(): Promise<void>
}

/** No body of Patroni is as long. */
const MOST_BYTES = 4 * 1024 * 1024
/** A member that is only known from `/cluster` is given up after so many failed rounds in a row. */
const PATIENCE = 60

/** Reads the members of one cluster over and over, each on its own: a slow one delays nobody. */
export function restPoller(options: RestPollerOptions): RestPoller {
  const { access, interval, clock, onPoll } = options
  const http = httpClient({ ...access, timeout: Math.min(access.timeout, interval) })
  const ending = new AbortController()
  const followed = new Map<string, Promise<void>>()
  let number = 0

  async function ask(member: string, base: string, path: RestPath): Promise<Poll> {
    const begin = clock.now()
    const time = (): number => Math.round((begin + clock.now()) / 2)
    try {
      const answer = await http.ask(`${base}${path}`, { most: MOST_BYTES, signal: ending.signal })
      return { member, path, time: time(), status: answer.status, ...contentOf(path, answer) }
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      return { member, path, time: time(), error: error.message }
    }
  }

  async function round(member: string, base: string, paths: readonly RestPath[]): Promise<boolean> {
    let answered = false
    for (const path of paths) {
      const poll = await ask(member, base, path)
      if (ending.signal.aborted) return true
      onPoll(poll)
      answered ||= poll.error === undefined
      // A member that does not answer is asked once a round.
      if (poll.error !== undefined) break
      if (path === '/cluster' && options.discover) meet(poll.body, base)
    }
    return answered
  }

  async function follow(member: string, base: string, own: number, configured: boolean): Promise<void> {
    await clock.sleep(clock.chance() * interval, ending.signal)
    let failed = 0
    for (let at = 0; !ending.signal.aborted && failed < PATIENCE; at++) {
      const begin = clock.now()
      const answered = await round(member, base, pathsDue(at, own))
      failed = answered || configured ? 0 : failed + 1
      const pause = interval * (0.9 + 0.2 * clock.chance()) - (clock.now() - begin)
      await clock.sleep(Math.max(0, pause), ending.signal)
    }
    followed.delete(member)
  }

  function take(member: string, url: string, configured: boolean): void {
    if (followed.has(member) || ending.signal.aborted) return
    followed.set(member, follow(member, url.replace(/\/+$/, ''), number++, configured))
  }

  /** Others are read as their `/cluster` entry says, but never with less security than the one that named them. */
  function meet(body: unknown, base: string): void {
    for (const [member, url] of discovered(body))
      if (!base.startsWith('https:') || url.startsWith('https:')) take(member, url, false)
  }

  return {
    start() {
      for (const [member, url] of Object.entries(options.members)) take(member, url, true)
    },
    async stop() {
      ending.abort()
      await Promise.all(followed.values())
      http.close()
    },
  }
}

function contentOf(path: RestPath, { body }: HttpAnswer): { text: string } | { body: unknown } {
  if (path === '/metrics') return { text: body }
  try {
    return { body: JSON.parse(body) }
  } catch {
    return { body: null }
  }
}
