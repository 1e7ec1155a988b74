import type { PatroniRestSettings, PrometheusSettings } from '../../config/sections/metrics.ts'
import type { Config } from '../../config/types.ts'
import { readPoll } from '../../ingest/readings/index.ts'
import { SELECTED } from '../../ingest/readings/prometheus.ts'
import { HttpFailure, httpClient } from '../../io/http-client.ts'
import { accessOf, prometheusOf } from '../../metrics/settings.ts'
import { bare, failed, ok, type Reached } from './result.ts'

const MOST = 4 << 20

/** Asks each Prometheus for the series that would be read, and each member's REST API for its state. */
export function reachMetrics({ metrics }: Config): readonly Promise<readonly Reached[]>[] {
  const { prometheus = [], patroniRest = [] } = metrics ?? {}
  return [...prometheus.map(async (settings) => [await reachPrometheus(settings)]), ...patroniRest.map(reachRest)]
}

async function reachPrometheus(settings: PrometheusSettings): Promise<Reached> {
  const { access } = prometheusOf(settings)
  const what = `prometheus ${bare(access.url)}`
  const more = access.match === undefined ? '' : `,${access.match.replace(/^\{|\}$/g, '')}`
  const form = { query: `count({__name__=~"${SELECTED}"${more}})` }
  return asked(what, access, `${access.url.replace(/\/+$/, '')}/api/v1/query`, form, (body) => {
    const { status, error, data } = (body ?? {}) as PrometheusAnswer
    if (status !== 'success') return failed(what, error ?? 'expected an answer of Prometheus, got something else')
    const series = data?.result?.[0]?.value?.[1]
    return series === undefined
      ? failed(what, 'it answers, but has no series of Patroni that match')
      : ok(what, `${series} series`)
  })
}

interface PrometheusAnswer {
  readonly status?: string
  readonly error?: string
  readonly data?: { readonly result?: readonly { readonly value?: readonly [number, string] }[] }
}

function reachRest(settings: PatroniRestSettings): Promise<readonly Reached[]> {
  const access = accessOf(settings)
  return Promise.all(
    Object.entries(settings.members).map(([member, base]) => {
      const what = `patroni ${member} ${bare(base)}`
      return asked(what, access, `${base.replace(/\/+$/, '')}/patroni`, undefined, (body, status) => {
        const at = { member, time: 0, cluster: settings.cluster ?? null, via: '/patroni' }
        const read = readPoll({ status, body }, '/patroni', at)
        const [reading] = 'reject' in read ? [] : read
        if (reading?.kind !== 'sample') return failed(what, `status ${status}, and no state of a member`)
        return ok(what, [reading.role, reading.state].filter((word) => word !== undefined).join(', '))
      })
    }),
  )
}

async function asked(
  what: string,
  access: ReturnType<typeof accessOf>,
  url: string,
  form: Readonly<Record<string, string>> | undefined,
  read: (body: unknown, status: number) => Reached,
): Promise<Reached> {
  const http = httpClient(access)
  try {
    const answer = await http.ask(url, { most: MOST, ...(form === undefined ? {} : { method: 'POST', form }) })
    return answer.status === 401 || answer.status === 403
      ? failed(what, `status ${answer.status}: we are not let in`)
      : read(parsed(answer.body), answer.status)
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    return failed(what, error.message)
  } finally {
    http.close()
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
