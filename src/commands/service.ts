import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import { NOBODY } from '../live/nobody.ts'
import { notificationsFile, topicsFile } from '../live/state.ts'
import { type Api, type ApiAnswer, notifyApi } from '../notifier/api.ts'

/** Where `status`, `explain`, `silence` and `forget` ask: a running service, or the state that it keeps in a file. */
export interface Service {
  ask(method: string, path: string, body?: object): Promise<ApiAnswer>
  close(): Promise<void>
}

const TIMEOUT = 10_000

/**
 * The service at `url`; without one, the local state that the configuration names. Throws a UsageError when
 * there is neither.
 */
export async function service(url: string | undefined, config: Config): Promise<Service> {
  const target = url ?? urlOf(config)
  if (await answers(target)) return overHttp(target)
  const file = localState(config)
  if (url === undefined && file !== undefined) return local(file, config)
  const hint = url === undefined ? '; give --url, or --config of a service without Kafka' : ''
  throw new UsageError([`${target}: no patrolog answers there${hint}`])
}

/** Where the service of this configuration listens. */
function urlOf({ live }: Config): string {
  const { host = '127.0.0.1', port = 8080 } = live?.http ?? {}
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`
}

/** A single host has its state in a file; with Kafka the state is on a topic. */
function localState(config: Config): string | undefined {
  return config.kafka === undefined && config.sources !== undefined ? notificationsFile(config) : config.notify?.state
}

async function answers(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(new URL('/api/v1/status', url), {
      signal: AbortSignal.timeout(TIMEOUT),
      redirect: 'error',
    })
    return status === 200
  } catch {
    return false
  }
}

function overHttp(url: string): Service {
  return {
    async ask(method, path, body) {
      const response = await fetch(new URL(path, url), {
        method,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT),
        redirect: 'error',
      })
      return { status: response.status, body: (await response.json()) as object }
    },
    close: async () => {},
  }
}

/** Nothing is sent from here: what is decided is in the file when a service starts over it. */
async function local(file: string, config: Config): Promise<Service> {
  const { isTaken } = await import('../io/local/database.ts')
  const held = topicsFile(config)
  if (isTaken(held)) throw new UsageError([`${held}: a patrolog has it open and does not answer; give --url`])
  const [{ sqliteStore }, { notifier }, { notifySettings }] = await Promise.all([
    import('../io/store/sqlite.ts'),
    import('../notifier/notifier.ts'),
    import('../notifier/settings.ts'),
  ])
  const settings = notifySettings(config.notify ?? NOBODY, process.env)
  const voice = await notifier({ settings, store: sqliteStore(file), senders: new Map(), now: Date.now })
  const api: Api = notifyApi(voice, Date.now)
  return {
    async ask(method, path, body) {
      const answer = await api({ method, path, body })
      if (answer === undefined) throw new Error(`${method} ${path}: nothing answers this`)
      return answer
    },
    close: () => voice.close(),
  }
}
