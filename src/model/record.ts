import type { Level, Message, Program } from './message.ts'

/**
 * What the reader of one stream says of its next physical line (or joined record).
 * - `line`      a line with its own prefix: time, level and program were read
 * - `bare`      a line without a prefix: a continuation of the line before it, or a helper program's bare output
 * - `empty`     nothing but white space
 * - `rejected`  unusable; `reason` says why
 * - `more`      the bytes given so far are used up: push more, or end
 * - `end`       the stream is over
 */
export type Outcome = 'line' | 'bare' | 'empty' | 'rejected' | 'more' | 'end'

/**
 * The reader's cursor. Fields are overwritten by the next call of `next()`, and `bytes` may be written again when more
 * bytes are pushed: copy what you keep.
 */
export interface RecordCursor {
  /** Event time, epoch ms UTC. NaN for a bare line (it takes the time of the line before it) or when unreadable. */
  time: number
  program: Program | 'unknown'
  level: Level
  bytes: Uint8Array
  /** The inner line, freed of its wrapper: what evidence quotes. */
  from: number
  to: number
  /**
   * The message proper, after time, process ids and level: what is recognised. Equals `from` on a bare line, and
   * `messageTo` on one that a message goes on with.
   */
  messageFrom: number
  messageTo: number
  /** Whether the record was put together of several lines or out of an envelope: its message may hold newlines. */
  joined: boolean
  /** Member and cluster as the wrapper or metadata say, else null. Interned: equal names are the same string. */
  member: string | null
  cluster: string | null
  /** Distinguishes the writers inside one file (pod and container, stdout and stderr): continuation lines join within it. */
  stream: number
  /** Physical line number in the file, from 1, and index of the record inside that line (envelopes with many). */
  line: number
  index: number
  /** SQLSTATE where the format gives it, else ''. */
  sqlstate: string
  reason: string
  /** The text behind the time stamp, if its writer says it again and again; else null. */
  phrase: Phrase | null
}

/** A text that one writer repeats: each time the same object, so that it needs to be understood but once. */
export interface Phrase {
  /** Bytes of the time stamp before it. */
  readonly stamp: number
  /** What the reader of the records made of it, theirs to fill; null at first. */
  memo: object | null
}

/** A compiled message. `id` is its index; `typeId` numbers its event type. */
export interface Entry extends Message {
  readonly id: number
  readonly program: Program
  readonly typeId: number
  /** Names of the holes, in order. */
  readonly holes: readonly string[]
}

/** Recognises messages on bytes. Cost does not grow with the number of entries. */
export interface Recogniser {
  readonly entries: readonly Entry[]
  /** All event types of the entries, sorted; an entry's `typeId` is an index into it. */
  readonly types: readonly string[]
  /**
   * Entry id of the message bytes[from, to), or -1. A leading `PAUSE: ` is skipped and noted in `paused`.
   * The bounds of the holes are in `holes` as pairs (from, to) until the next call. Only the first line counts; who
   * knows that there is but one says so by `joined` false, and spares the search for its end. `level` is that of the line,
   * where the words alone do not tell who wrote them.
   */
  match(
    program: Program | 'unknown',
    bytes: Uint8Array,
    from: number,
    to: number,
    joined?: boolean,
    level?: Level,
  ): number
  readonly holes: Int32Array
  paused: boolean
  /**
   * Whether the message, one line, is noise for certain: told by its first words, much faster than `match`. False says
   * nothing. Who has the view of all `bytes` at hand gives it: else it is made when they come again.
   */
  isNoise(program: Program | 'unknown', bytes: Uint8Array, from: number, to: number, view?: DataView): boolean
}
