import { LogLevel, WebClient } from '@slack/web-api'
import type { SlackReceiver } from '../model/receiver.ts'
import type { Found, Outcome, Probed, Sender, Sending, SlackMessage } from '../model/sending.ts'
import { lost, retryAfter } from './network.ts'

const TIMEOUT = 20_000
/** Metadata of our messages: how they are found again. */
const EVENT = 'patrolog_notification'
/** Our clock and Slack's may differ by so much, s. */
const CLOCKS = 300
const PAGE = 100
const MOST_PAGES = 20
/** Somebody has deleted the message that was to be updated or answered. */
const GONE = new Set(['message_not_found', 'thread_not_found'])
/** Slack's own words for a call that may have been carried out in part. */
const DOUBTFUL = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])

/** Posts, updates and answers in a channel through Slack's Web API. Retries are the caller's. */
export function slackSender(receiver: SlackReceiver): Sender {
  const { channel } = receiver
  const client = clientOf(receiver)
  return {
    async send(sending) {
      try {
        return { result: 'sent', ref: await call(client, channel, sending) }
      } catch (error) {
        return outcomeOf(error)
      }
    },
    async find(sending, since) {
      try {
        return await search(client, channel, sending, String(Math.max(0, since / 1000 - CLOCKS)))
      } catch (error) {
        return cannotFind(error)
      }
    },
    close: async () => {},
  }
}

/** Asks Slack whose token it is. */
export async function probeSlack(receiver: SlackReceiver): Promise<Probed> {
  try {
    const { user, team } = await clientOf(receiver).auth.test()
    return { ok: true, said: `the token is that of ${user ?? 'nobody named'} in ${team ?? 'a team without a name'}` }
  } catch (error) {
    const outcome = outcomeOf(error)
    return { ok: false, why: 'why' in outcome ? outcome.why : '' }
  }
}

function clientOf({ token, apiUrl }: Pick<SlackReceiver, 'token' | 'apiUrl'>): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    allowAbsoluteUrls: false,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT,
    logLevel: LogLevel.ERROR,
    logger: SILENT,
  })
}

/** What the library would say goes nowhere: outcomes are told by the caller, and no token is ever printed. */
const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
}

async function call(client: WebClient, channel: string, sending: Sending): Promise<string | null> {
  const { text, blocks } = sending.body as SlackMessage
  const message = { channel, text, blocks: blocks as never[], unfurl_links: false, unfurl_media: false }
  if (sending.kind === 'update' && sending.ref !== null) {
    await client.chat.update({ ...message, ts: sending.ref })
    return sending.ref
  }
  const metadata = { event_type: EVENT, event_payload: { dedup_key: sending.dedup } }
  const thread =
    sending.kind === 'reply' && sending.ref !== null ? { thread_ts: sending.ref, reply_broadcast: sending.loud } : {}
  const posted = await client.chat.postMessage({ ...message, ...thread, metadata })
  return posted.ts ?? null
}

interface SlackFailure {
  readonly code?: string
  readonly data?: { readonly error?: string }
  readonly statusCode?: number
  readonly headers?: unknown
  readonly retryAfter?: number
}

function outcomeOf(error: unknown): Outcome {
  const { code, data, statusCode, retryAfter: seconds } = error as SlackFailure
  if (code === 'slack_webapi_rate_limited_error')
    return { result: 'later', why: 'rate limited', after: (seconds ?? 1) * 1000 }
  if (code === 'slack_webapi_platform_error') return refusal(data?.error ?? 'unknown error')
  if (code === 'slack_webapi_http_error') return httpError(statusCode ?? 0, error as SlackFailure)
  return lost(error)
}

function refusal(why: string): Outcome {
  if (why === 'ratelimited' || why === 'rate_limited') return { result: 'later', why, after: null }
  if (GONE.has(why)) return { result: 'gone', why }
  return DOUBTFUL.has(why) ? { result: 'unknown', why } : { result: 'refused', why }
}

function httpError(status: number, { headers }: SlackFailure): Outcome {
  const why = `HTTP ${status}`
  if (status === 429) {
    const asked = headers instanceof Headers ? headers.get('retry-after') : null
    return { result: 'later', why, after: retryAfter(asked, Date.now()) }
  }
  return status >= 500 || status === 408 ? { result: 'unknown', why } : { result: 'refused', why }
}

/** Looks for the message with our key: first messages in the channel, replies in their thread. */
async function search(
  client: WebClient,
  channel: string,
  { dedup, kind, ref }: Sending,
  oldest: string,
): Promise<Found> {
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const asked = {
      channel,
      oldest,
      limit: PAGE,
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    }
    const answer =
      kind === 'reply' && ref !== null
        ? await client.conversations.replies({ ...asked, ts: ref })
        : await client.conversations.history(asked)
    for (const { ts, metadata } of (answer.messages ?? []) as Message[])
      if (metadata?.event_payload?.dedup_key === dedup && ts !== undefined) return { found: 'yes', ref: ts }
    cursor = answer.response_metadata?.next_cursor
    if (cursor === undefined || cursor === '') return { found: 'no' }
  }
  return { found: 'cannot', why: 'too many messages since' }
}

interface Message {
  readonly ts?: string
  readonly metadata?: { readonly event_payload?: { readonly dedup_key?: unknown } }
}

function cannotFind(error: unknown): Found {
  const outcome = outcomeOf(error)
  if (outcome.result === 'refused') return { found: 'cannot', why: outcome.why }
  return {
    found: 'later',
    why: 'why' in outcome ? outcome.why : '',
    after: outcome.result === 'later' ? outcome.after : null,
  }
}
