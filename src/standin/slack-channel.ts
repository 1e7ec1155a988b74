import { refusalOf } from './slack-limits.ts'

export interface PostedMessage {
  readonly ts: string
  readonly threadTs: string | null
  /** A reply that is shown in the channel too. */
  readonly broadcast: boolean
  text: string
  blocks: readonly Readonly<Record<string, unknown>>[]
  readonly metadata: { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> } | null
  /** How often it was updated. */
  edits: number
}

export type Answer = Readonly<Record<string, unknown>> & { readonly ok: boolean }
type Arguments = Readonly<Record<string, string>>

/** One channel as Slack keeps it: what was posted, in order. Speaks the answers of the Web API. */
export interface Channel {
  readonly messages: readonly PostedMessage[]
  call(method: string, given: Arguments): Answer
  /** Somebody deletes a message, and with it its thread. */
  remove(ts: string): void
}

export function channel(id: string, now: () => number): Channel {
  const messages: PostedMessage[] = []
  let last = 0

  function stamp(): string {
    last = Math.max(last + 1, Math.floor(now() * 1000))
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`
  }

  function post(given: Arguments): Answer {
    const blocks = parse(given.blocks)
    const metadata = parse(given.metadata)
    const refusal = refusalOf(given.text ?? '', blocks)
    if (refusal !== null) return error(refusal)
    if (given.metadata !== undefined && !isMetadata(metadata)) return error('invalid_metadata_format')
    const threadTs = given.thread_ts ?? null
    if (threadTs !== null && !messages.some(({ ts }) => ts === threadTs)) return error('thread_not_found')
    const broadcast = threadTs !== null && given.reply_broadcast === 'true'
    const message = {
      ts: stamp(),
      threadTs,
      broadcast,
      text: given.text ?? '',
      blocks: blocks ?? [],
      metadata,
      edits: 0,
    }
    messages.push(message)
    return { ok: true, channel: id, ts: message.ts }
  }

  function update(given: Arguments): Answer {
    const message = messages.find(({ ts }) => ts === given.ts)
    if (message === undefined) return error('message_not_found')
    const blocks = parse(given.blocks)
    const refusal = refusalOf(given.text ?? '', blocks)
    if (refusal !== null) return error(refusal)
    Object.assign(message, { text: given.text ?? '', blocks: blocks ?? [], edits: message.edits + 1 })
    return { ok: true, channel: id, ts: message.ts }
  }

  function page(from: readonly PostedMessage[], given: Arguments): Answer {
    const withMetadata = given.include_all_metadata === 'true'
    const wanted = from.filter(({ ts }) => Number(ts) > Number(given.oldest ?? 0))
    const start = Number(given.cursor ?? 0)
    const end = start + Number(given.limit ?? 100)
    const shown = wanted.slice(start, end).map(({ ts, text, threadTs, metadata }) => ({
      type: 'message',
      ts,
      text,
      ...(threadTs === null ? {} : { thread_ts: threadTs }),
      ...(withMetadata && metadata !== null ? { metadata } : {}),
    }))
    const more = end < wanted.length
    return { ok: true, messages: shown, has_more: more, response_metadata: { next_cursor: more ? String(end) : '' } }
  }

  return {
    messages,
    remove(ts) {
      const left = messages.filter((message) => message.ts !== ts && message.threadTs !== ts)
      messages.splice(0, messages.length, ...left)
    },
    call(method, given) {
      if (method === 'auth.test') return { ok: true, team: 'stand-in', user: 'patrolog' }
      if (given.channel !== id) return error('channel_not_found')
      if (method === 'chat.postMessage') return post(given)
      if (method === 'chat.update') return update(given)
      if (method === 'conversations.history')
        return page(messages.filter(({ threadTs, broadcast }) => threadTs === null || broadcast).toReversed(), given)
      if (method === 'conversations.replies')
        return page(
          messages.filter(({ ts, threadTs }) => ts === given.ts || threadTs === given.ts),
          given,
        )
      return error('unknown_method')
    },
  }
}

export function error(word: string): Answer {
  return { ok: false, error: word }
}

function parse(text: string | undefined) {
  return text === undefined ? null : JSON.parse(text)
}

function isMetadata(value: unknown): boolean {
  const { event_type, event_payload } = (value ?? {}) as Record<string, unknown>
  return (
    typeof event_type === 'string' && event_type !== '' && typeof event_payload === 'object' && event_payload !== null
  )
}
