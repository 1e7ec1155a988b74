/**
 * Kafka as the rest of the program sees it: records as bytes, offsets as numbers (they fit: 2^53), partitions read from a
 * position that the reader chooses, and nothing lost or skipped without a word. Which library speaks to the broker stays
 * behind `openKafka` (open.ts).
 */

import type { RecordSpans } from '../../model/record-spans.ts'

/** A partition of a topic. */
export interface PartitionId {
  readonly topic: string
  readonly partition: number
}

/** A partition as a key: `topic/3`. */
export const keyOf = ({ topic, partition }: PartitionId): string => `${topic}/${partition}`

/** A partition and an offset in it; as a position, the offset of the next record. */
export interface Position extends PartitionId {
  readonly offset: number
}

/** A record as it lies in its partition; key, value and headers are made of its bytes whenever they are asked for. */
export interface KafkaRecord extends RecordSpans {
  readonly offset: number
  /** Ms since the epoch, -1 when the record has none. */
  readonly timestamp: number
  /** Who set the time: the sender, or the broker when it appended the record. */
  readonly timestampKind: 'create' | 'append'
  readonly key: Buffer | null
  /** Null is a tombstone. */
  readonly value: Buffer | null
  /** In the order sent; a name may come twice. */
  readonly headers: readonly RecordHeader[]
}

export interface RecordHeader {
  readonly name: string
  readonly value: Buffer | null
}

/** Records of one partition that lie one after the other. */
export interface Batch extends PartitionId {
  /**
   * Which topic of that name it is: the same for every reader, another one when the topic was deleted and made again.
   * Taken from the broker's topic id. It grows by one when the log is truncated (see `Jump`).
   */
  readonly epoch: number
  /** In offset order. Empty when only markers of transactions or compacted records lay there. */
  readonly records: readonly KafkaRecord[]
  /** Offset to read on from: behind the last record and behind markers, which are no records but take offsets. */
  readonly next: number
  /** End of the partition when the batch was fetched; `end - next` is the lag. Records of open transactions lie behind it. */
  readonly end: number
  /**
   * Says that nobody needs the bytes of these records any more: they are written over. For who reads millions; whoever does
   * not say so keeps them for as long as he likes.
   */
  readonly release?: () => void
}

/** A record to be sent. */
export interface OutRecord {
  /** Needed in compacted topics. */
  readonly key?: Uint8Array | string | null
  /** Null is a tombstone. */
  readonly value: Uint8Array | string | null
  /** Ms since the epoch; the time of sending when absent. */
  readonly timestamp?: number
  readonly headers?: readonly { readonly name: string; readonly value: Uint8Array | string }[]
}

/** Records for one partition. The partition is always the sender's choice. */
export interface OutBatch extends PartitionId {
  readonly records: readonly OutRecord[]
}

/** Where reading starts: an offset, an end of the log, or the first record of that time or later (ms since the epoch). */
export type Start = number | 'earliest' | 'latest' | { readonly time: number }

/** How to reach the brokers. Secrets are values here; configuration has read them from their files. */
export interface KafkaOptions {
  /** `host:port` of one or more brokers. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Absent: plain text. */
  readonly tls?: TlsOptions
  readonly sasl?: SaslOptions
  /** Hears what happens; silent when absent. */
  readonly log?: Log
}

/** PEM texts. */
export interface TlsOptions {
  /** Certificates that sign the brokers'; the system's when absent. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** Name to expect in the brokers' certificates, when it is not the host of their address. */
  readonly servername?: string
}

export type SaslOptions =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly username: string
      readonly password: string
    }
  /** The token is asked for at each connection and when the old one runs out. */
  | { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<string> }

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
/** One event a call, named in kebab-case (`kafka-consumer-crashed`). Fields never hold secrets. */
export type Log = (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => void

/** A connection to a Kafka cluster. What it opened is closed by its own `close`. */
export interface Kafka {
  producer(options?: ProducerOptions): Producer
  /** Joins in the background and goes on trying; `health()` tells. */
  consumer(options: ConsumerOptions): Consumer
  /** Batches of one partition from `from` on, without a group; see `ReadOptions`. Retries while brokers are away. */
  read(options: ReadOptions): AsyncGenerator<Batch, void>
  /** Throws `unreachable` when no broker answers in time. */
  admin(options?: AdminOptions): Promise<Admin>
}

export interface AdminOptions {
  /** How long an answer is waited for, ms: who asks is a person or a start. Default 15 s. */
  readonly deadline?: number
}

export interface ProducerOptions {
  /** How long a send may take before its promise fails with code `deadline`, ms. Default 60 s. */
  readonly deadline?: number
  readonly compression?: Compression
}

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/**
 * Sends records; idempotent, one request after the other, so nothing is reordered: put what can go together into one call.
 * Brokers that are away are waited for.
 */
export interface Producer {
  /**
   * Sends all batches; resolves, in the same order, to the offset behind each batch's last record. What is more than a broker
   * takes of a partition at once goes in several requests, and what came first may be there without the rest. Nothing is ever
   * lost with success reported: `KafkaError` with code
   * - `unknown-partition`: topic or partition does not exist (nothing was sent at all);
   * - `deadline`: no answer in time. The records may yet be written, before anything that is sent later;
   * - `refused`: the broker does not take a record (too large, no key in a compacted topic); batches of other partitions in
   *   the same call may have been written. `authorization`, `authentication` likewise.
   */
  send(batches: readonly OutBatch[]): Promise<readonly Position[]>
  /** Waits for what is under way (at most the deadline), then disconnects. */
  close(): Promise<void>
}

export interface ReadOptions extends PartitionId {
  readonly from: Start
  /**
   * Where it ends: before this offset, at the `end` that the log has when reading starts, before the first record of that
   * time or later. Absent: never.
   */
  readonly to?: number | 'end' | { readonly time: number }
  /** Ends reading early, without an error. */
  readonly signal?: AbortSignal
  /** Told when records asked for are gone; see `Jump`. */
  readonly onJump?: (jump: Jump) => void
}

/**
 * The log did not go on where it was expected to; an event of its own, since Kafka clients pass over it in silence.
 * - `deleted`: records between `expected` and `actual` are gone (retention, deletion) before they were read.
 * - `truncated`: the log ends before `expected`: records read before are no longer there. Their offsets are given to new
 *   records, hence another epoch; reading goes on at the first record of the time reached, or at `start` when it had none.
 * - `recreated`: the topic is a new one of that name; it is read from its start, with another epoch.
 * - `unreadable`: the records between `expected` and `actual` cannot be unpacked; `detail` says why. They are passed over.
 */
export interface Jump extends PartitionId {
  readonly reason: 'deleted' | 'truncated' | 'recreated' | 'unreadable'
  readonly epoch: number
  readonly expected: number
  readonly actual: number
  readonly detail?: string
}

export interface ConsumerOptions {
  readonly group: string
  /** Names, or patterns that must match the whole name. Topics and partitions made later are found by `refresh`. */
  readonly topics: readonly (string | RegExp)[]
  /** Where a partition starts that the group has no offset of. */
  readonly start: Start
  /**
   * Handles a batch. The next batch of its partition comes when it has resolved; other partitions go on meanwhile, so
   * memory is bounded by one batch in work and one fetched per partition. Heartbeats do not depend on it, as long as the event loop turns:
   * await now and then in long work. When it throws the same batch comes again, after a pause that doubles up to 30 s;
   * `health()` shows it. Offsets are committed by `commit` only.
   */
  readonly onBatch: (batch: Batch, signal: AbortSignal) => Promise<void>
  /**
   * A partition has become ours. What it resolves to is where reading starts; undefined: the group's committed offset, else
   * `start`. Until it resolves nothing of that partition is read, the others go on: the place to recover state.
   * Its signal aborts when the partition is lost again. When it throws it is called again, after a pause.
   */
  readonly onAssigned?: (partition: AssignedPartition, signal: AbortSignal) => Promise<Start | undefined>
  /**
   * Partitions are no longer ours, or the group is being divided anew and they may come back. Kafka does not wait for this:
   * by then another member may already read them. The signals given before are aborted; what is still written must be
   * harmless when doubled.
   */
  readonly onRevoked?: (partitions: readonly PartitionId[]) => void
  readonly onJump?: (jump: Jump) => void
  /** Ms; a member that is killed is missed after so long. Default 30 s; heartbeats go ten times as often. */
  readonly sessionTimeout?: number
  /** How often topics, partitions and their leaders are looked at again, ms. Default 10 s. */
  readonly refresh?: number
  /** Bytes of a fetch, over all partitions, and of one partition. Defaults 1 MiB and 256 KiB. */
  readonly maxBytes?: number
  readonly maxBytesPerPartition?: number
}

export interface AssignedPartition extends PartitionId {
  readonly epoch: number
  /** The group's committed offset, null when it has none or it is one of an earlier topic of that name. */
  readonly committed: number | null
}

/** How far a partition of ours has been read. */
export interface Progress extends PartitionId {
  readonly epoch: number
  /** Offset of the next record to be handled; null until reading has started. */
  readonly next: number | null
  /** End of the log as last heard; null until then. */
  readonly end: number | null
  /** Since when (ms since the epoch) everything up to the end is handled and fetches find nothing more; null while not. */
  readonly idleSince: number | null
  /** When the latest fetch was sent that found nothing more: what is said of being idle holds as of then. Null while not. */
  readonly idleUntil: number | null
}

export interface ConsumerHealth {
  /** Member of its group, and no handler failing. */
  readonly healthy: boolean
  /** Why not; null when healthy. */
  readonly problem: string | null
  /** Times the group membership was lost to an error and made anew. */
  readonly crashes: number
  /** Times a batch was handled again because the handler threw. */
  readonly retries: number
}

export interface CommitPosition extends Position {
  /** That of the batch the offset comes from; when absent, that of the batch last given to the handler. */
  readonly epoch?: number
}

/** A member of a consumer group. */
export interface Consumer {
  /** Partitions owned now, with how far each is read. */
  progress(): readonly Progress[]
  health(): ConsumerHealth
  /**
   * Commits positions of partitions that are owned now; others are left out (their new owner knows better), and so are those
   * of an earlier epoch. Resolves when it is done; waits for a coordinator that is away, as long as the partitions are ours.
   */
  commit(positions: readonly CommitPosition[]): Promise<void>
  /** Goes on reading at another place; batches already fetched are dropped. */
  seek(position: Position): void
  pause(partitions: readonly PartitionId[]): void
  resume(partitions: readonly PartitionId[]): void
  /**
   * Takes no more batches, waits for handlers at work, which may still commit, then leaves the group. Handlers that take
   * longer than 5 s have their signals aborted and are left behind.
   */
  close(): Promise<void>
}

/** A topic as it should be; `settings` are topic configuration (`cleanup.policy`, `retention.ms`). */
export interface TopicSpec {
  readonly topic: string
  readonly partitions: number
  /** The broker's default when absent. */
  readonly replication?: number
  readonly settings?: Readonly<Record<string, string>>
}

export interface TopicState {
  readonly topic: string
  readonly epoch: number
  readonly partitions: number
  readonly settings: Readonly<Record<string, string>>
}

/** First offset held and the one behind the last record. */
export interface Bounds extends PartitionId {
  readonly low: number
  readonly high: number
}

export interface Admin {
  /** Names of all topics, Kafka's own left out, sorted. */
  topics(): Promise<readonly string[]>
  /** Null when there is no such topic. */
  describe(topic: string): Promise<TopicState | null>
  /**
   * Makes what is missing (when `create`), then checks: partition count, and each `cleanup.policy` given. Throws one
   * `KafkaError` with code `topics`, whose message says all that is wrong and the commands that mend it.
   */
  ensure(topics: readonly TopicSpec[], create: boolean): Promise<void>
  /**
   * Whether a topic is there as it should be; false when it is not there but the brokers say that it may be made (only asked
   * when `create`). Throws as `ensure` does, or what the brokers say against it. Makes nothing.
   */
  review(topic: TopicSpec, create: boolean): Promise<boolean>
  bounds(topic: string): Promise<readonly Bounds[]>
  /** First offset of each partition at that time (ms since the epoch) or later; the end when there is none. */
  offsetsAt(topic: string, time: number): Promise<readonly Position[]>
  /** What a group has committed for a topic; partitions without are left out. */
  committed(group: string, topic: string): Promise<readonly Position[]>
  addPartitions(topic: string, partitions: number): Promise<void>
  deleteTopic(topic: string): Promise<void>
  close(): Promise<void>
}

export type KafkaErrorCode =
  | 'unreachable'
  | 'unknown-topic'
  | 'unknown-partition'
  | 'authentication'
  | 'authorization'
  | 'deadline'
  | 'refused'
  | 'topics'
  | 'closed'

/** An error that a caller can act upon; the message is lower case and names topic or broker. */
export class KafkaError extends Error {
  readonly code: KafkaErrorCode
  constructor(code: KafkaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
