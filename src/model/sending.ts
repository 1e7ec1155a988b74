import type { NotifySettings } from './receiver.ts'

/** A message as Slack takes it; `text` is what a notification shows. */
export interface SlackMessage {
  readonly text: string
  readonly blocks: readonly object[]
}

export interface MailMessage {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** One thing to send. What it becomes on the wire is the sender's matter. */
export interface Sending {
  /** Identity of the attempt: the same for every retry, found again in the channel. */
  readonly dedup: string
  /** `open` begins a conversation, `update` renews its first message, `reply` adds to it, `push` gives a state. */
  readonly kind: 'open' | 'update' | 'reply' | 'push'
  /** Identity of the conversation: deterministic, also the root of a mail thread. */
  readonly thread: string
  /** What the receiver called the first message, when it has one. */
  readonly ref: string | null
  /** Whether a reply is also shown in the channel. */
  readonly loud: boolean
  readonly body: SlackMessage | MailMessage | object
}

/**
 * What became of a sending. `unknown`: it may have arrived. `later`: it did not arrive; again after `after` ms, or by
 * back-off when null. `gone`: what it belongs to is no longer there; to be begun anew. `refused`: it never will.
 */
export type Outcome =
  | { readonly result: 'sent'; readonly ref: string | null }
  | { readonly result: 'unknown'; readonly why: string }
  | { readonly result: 'later'; readonly why: string; readonly after: number | null }
  | { readonly result: 'gone'; readonly why: string }
  | { readonly result: 'refused'; readonly why: string }

/** Whether an earlier sending arrived: the reference it got, null when it did not, or why that cannot be told. */
export type Found =
  | { readonly found: 'yes'; readonly ref: string }
  | { readonly found: 'no' }
  | { readonly found: 'cannot'; readonly why: string }
  | { readonly found: 'later'; readonly why: string; readonly after: number | null }

/** What came of asking a receiver whether it is there, without telling it anything. `said` and `why` hold no secret. */
export type Probed = { readonly ok: true; readonly said: string } | { readonly ok: false; readonly why: string }

/** The network side of one receiver. Neither function rejects. */
export interface Sender {
  send(sending: Sending): Promise<Outcome>
  /** Absent where the receiver cannot be asked. `since`: epoch ms of the first attempt. */
  readonly find?: (sending: Sending, since: number) => Promise<Found>
  close(): Promise<void>
}

export interface StoreChange {
  readonly key: string
  /** A plain value (JSON), or null to remove. */
  readonly value: object | null
}

/**
 * Where the state of notifications outlives the process: the newest value of each key. A write is durable when it
 * resolves, and takes all of its changes or none. One writer.
 */
export interface Store {
  load(): Promise<ReadonlyMap<string, object>>
  write(changes: readonly StoreChange[]): Promise<void>
  close(): Promise<void>
}

/** What is needed beside the settings to lead notifications. */
export interface NotifierParts {
  readonly settings: NotifySettings
  readonly store: Store
  /** By name of receiver. */
  readonly senders: ReadonlyMap<string, Sender>
  /** Epoch ms. */
  readonly now: () => number
}
