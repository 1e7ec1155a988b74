import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import { type Api, type ApiAnswer, notifyApi } from '../notifier/api.ts'

/** Where `status`, `explain`, `silence` and `forget` ask: a running service, or the state that it keeps in a file. */
export interface Service {
  ask(method: string, path: string, body?: object): Promise<ApiAnswer>
  close(): Promise<void>
}

const TIMEOUT = 10_000
const DEFAULT_URL = 'http://127.0.0.1:8080'

/**
 * The service at `url`; without one, the local state named by `notify.state` of the configuration. Throws a UsageError when
 * there is neither.
 */
export async function service(url: string | undefined, config: Config): Promise<Service> {
  const target = url ?? DEFAULT_URL
  if (await answers(target)) return overHttp(target)
  const file = config.notify?.state
  if (url === undefined && file !== undefined) return local(file, config)
  const hint = url === undefined ? '; give --url, or --config with notify.state' : ''
  throw new UsageError([`${target}: no patrolog answers there${hint}`])
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
  const [{ sqliteStore }, { notifier }, { notifySettings }] = await Promise.all([
    import('../io/store/sqlite.ts'),
    import('../notifier/notifier.ts'),
    import('../notifier/settings.ts'),
  ])
  const settings = notifySettings(config.notify as NonNullable<Config['notify']>, process.env)
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
