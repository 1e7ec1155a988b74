import { parseMatcher, writeMatcher } from '../model/matcher.ts'
import type { Silence } from '../model/receiver.ts'
import { FOREVER } from '../notify/state.ts'
import type { Notifier } from './types.ts'

/** A request as an HTTP server passes it on; `body` is the JSON that was posted, undefined when there was none. */
export interface ApiRequest {
  readonly method: string
  /** Without query, decoded by nobody yet. */
  readonly path: string
  readonly body: unknown
}

export interface ApiAnswer {
  readonly status: number
  readonly body: object
}

/** Answers what is asked below `/api/v1/`; undefined for a path that is not ours. */
export type Api = (request: ApiRequest) => Promise<ApiAnswer | undefined>

/** What is ordered of those who decide. */
export interface Orders {
  /** Makes a cluster, or a member of one, forgotten. Resolves when the order will be carried out whatever happens. */
  forget(name: string): Promise<void>
}

/** For a state that nobody decides about. */
const NO_ORDERS: Orders = { forget: async () => {} }

/**
 * The questions and orders of `patrolog status`, `explain alert`, `silence` and `forget`. To be mounted by the service's
 * HTTP server, which must take posts with the content type `application/json` only: no page of a browser can send those.
 */
export function notifyApi(voice: Notifier, now: () => number, orders: Orders = NO_ORDERS): Api {
  return async ({ method, path, body }) => {
    const [version, noun, name, ...rest] = path
      .replace(/^\/api\//, '')
      .split('/')
      .map(decodeURIComponent)
    if (!path.startsWith('/api/') || version !== 'v1' || rest.length > 0) return undefined
    const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
    if (method === 'GET' && noun === 'status' && name === undefined) return ok(voice.status())
    if (method === 'GET' && noun === 'alerts' && name !== undefined) return explanation(voice, name)
    if (method === 'GET' && noun === 'silences' && name === undefined)
      return ok({ silences: voice.silences().map(shownSilence) })
    if (method === 'POST' && noun === 'silences' && name === undefined) return addSilence(voice, given, now())
    if (method === 'DELETE' && noun === 'silences' && name !== undefined) return expire(voice, name)
    if (method === 'POST' && noun === 'forget' && name === undefined) return forget(voice, orders, given)
    return undefined
  }
}

const ok = (body: object): ApiAnswer => ({ status: 200, body })
const refused = (status: number, error: string): ApiAnswer => ({ status, body: { error } })

function explanation(voice: Notifier, fingerprint: string): ApiAnswer {
  const found = voice.explain(fingerprint)
  return found === undefined
    ? refused(404, `no alert, or more than one, whose fingerprint begins with ${fingerprint}`)
    : ok(found)
}

async function addSilence(voice: Notifier, given: Record<string, unknown>, now: number): Promise<ApiAnswer> {
  const texts = Array.isArray(given.match) ? given.match.map(String) : []
  const matchers = texts.flatMap((text) => parseMatcher(text) ?? [])
  if (texts.length === 0) return refused(400, 'match: expected at least one matcher such as cluster=shop/orders')
  if (matchers.length < texts.length)
    return refused(400, 'match: expected matchers such as cluster=shop/orders or rule=~replica-.*')
  const { duration, comment, by, startsAt = now } = given
  if (!isTime(startsAt)) return refused(400, 'startsAt: expected epoch ms')
  if (typeof duration !== 'number' || !(duration > 0 && isTime(startsAt + duration)))
    return refused(400, 'duration: expected ms, more than 0')
  if (typeof comment !== 'string' || comment === '') return refused(400, 'comment: expected why')
  const silence: Silence = {
    id: newId(voice.silences(), `s${now.toString(36)}`),
    matchers,
    startsAt,
    endsAt: startsAt + duration,
    by: typeof by === 'string' ? by : '',
    comment,
  }
  await voice.silence(silence)
  return { status: 201, body: shownSilence(silence) }
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= FOREVER

function newId(silences: readonly Silence[], base: string): string {
  const taken = new Set(silences.map(({ id }) => id))
  let id = base
  for (let count = 2; taken.has(id); count++) id = `${base}-${count}`
  return id
}

function shownSilence({ matchers, ...silence }: Silence) {
  return { ...silence, match: matchers.map(writeMatcher) }
}

async function expire(voice: Notifier, id: string): Promise<ApiAnswer> {
  return (await voice.expire(id)) ? ok({ id }) : refused(404, `no silence ${id} was made at run time`)
}

/** The alerts that are told end at once; those who decide are told too, so that they do not raise them again. */
async function forget(voice: Notifier, orders: Orders, { name }: Record<string, unknown>): Promise<ApiAnswer> {
  if (typeof name !== 'string' || name === '') return refused(400, 'name: expected CLUSTER or CLUSTER/MEMBER')
  await orders.forget(name)
  return ok(await voice.forget(name))
}
