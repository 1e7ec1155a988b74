import { existsSync } from 'node:fs'
import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import { isTaken } from '../io/local/database.ts'
import { stateFile } from '../live/state.ts'
import type { ApiAnswer } from '../notifier/api.ts'

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
  const ofHost = config.kafka === undefined && (config.sources !== undefined || config.metrics !== undefined)
  if (url === undefined && ofHost) return local(config)
  const hint = url === undefined ? '; give --url, or --config of a service without Kafka' : ''
  throw new UsageError([`${target}: no patrolog answers there${hint}`])
}

/** Where the service of this configuration listens. */
function urlOf({ live }: Config): string {
  const { host = '127.0.0.1', port = 8080 } = live?.http ?? {}
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`
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
async function local(config: Config): Promise<Service> {
  const [{ openLocal }, { notifierOver }] = await Promise.all([
    import('../io/local/open.ts'),
    import('../live/stand-by.ts'),
  ])
  const state = opened(existing(stateFile(config)), (file) => openLocal(file, () => {}))
  const { voice, api } = await notifierOver(state.kafka, config)
  return {
    async ask(method, path, body) {
      const answer = await api({ method, path, body })
      if (answer === undefined) throw new Error(`${method} ${path}: nothing answers this`)
      return answer
    },
    async close() {
      await voice.close()
      await state.close()
    },
  }
}

/** Throws a UsageError where the file is no state, or not for us to write: also who only asks takes it for himself. */
function opened<T>(file: string, open: (file: string) => T): T {
  try {
    return open(file)
  } catch (cause) {
    throw new UsageError([`live.state: ${(cause as Error).message}`], { cause })
  }
}

/** The file of the state. Throws a UsageError when there is none, or a service has it open that does not answer. */
function existing(file: string): string {
  if (!existsSync(file)) throw new UsageError([`${file}: no such file; no patrolog has run over this state yet`])
  if (isTaken(file)) throw new UsageError([`${file}: a patrolog has it open, and does not answer; give --url`])
  return file
}
