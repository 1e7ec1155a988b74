import { setImmediate } from 'node:timers/promises'
import type { OwnedPartition } from '../kafka/partition.ts'
import type { Batch, Consumer, ConsumerOptions, Jump, KafkaRecord, Log } from '../kafka/types.ts'
import { waited } from '../kafka/wire/retry.ts'
import type { Entries } from '../local/entries.ts'
import { type PartitionSource, SoleConsumer } from '../local/sole.ts'
import { wholeRecord } from '../local/whole.ts'
import type { FollowSource, FoundFile } from './find.ts'
import { hints } from './hints.ts'
import type { FollowedLog, Portion } from './log.ts'
import { type Followed, Logs } from './logs.ts'
import type { Saved } from './place.ts'
import { shelf } from './shelf.ts'

export interface FollowOptions {
  readonly sources: readonly FollowSource[]
  /** Where places are kept. */
  readonly entries: Entries
  /** How far back files are read the first time, ms. */
  readonly backfill: number
  readonly log: Log
}

/** What the reader of a log needs to know; see `ConsumerOptions`. */
export type FollowConsumer = Pick<ConsumerOptions, 'onBatch' | 'onAssigned' | 'onRevoked' | 'onJump'>

/** Logs in files, each an input with one partition: its topic is the path, offsets tell lines (src/model/line-offset). */
export interface Follower {
  /** The files that are followed now. */
  files(): readonly FoundFile[]
  /** Begins to read. Call it once. */
  consumer(options: FollowConsumer): Consumer
}

/** Files are looked at so often, ms; those that nobody has written to for a while, less. */
const POLL = 250
/** Even when there is word of changes, files are not looked at more often, ms: lines are taken together. */
const BEAT = 20
const SELDOM = 1_000
const QUIET = 60_000
/** Files are looked for so often, ms, and at most so often when names have changed. */
const LOOK = 5_000
const LOOK_AGAIN = 200
/** That files were looked for is noted so often, ms. */
const NOTE = 60_000
/** Bytes read and not handled yet, over all files. */
const MOST_BYTES = 8 * 1024 * 1024
/** Files looked at before others have their turn. */
const BREATH = 64
const PARTITION = 0

/** Looks for the files, so that it is known which inputs there are before any of them is read. */
export async function follow({ sources, entries, backfill, log }: FollowOptions): Promise<Follower> {
  const kept = shelf(entries)
  let onJump: ((jump: Jump) => void) | undefined
  const logs = new Logs({
    sources,
    shelf: kept,
    since: Date.now() - backfill,
    log,
    onLost(topic, epoch, expected, actual) {
      log('warn', 'file-lost', { file: topic, expected, actual })
      onJump?.({ topic, partition: PARTITION, epoch, reason: 'deleted', expected, actual })
    },
  })
  await logs.look(Date.now())
  return {
    files: () => [...logs.followed.values()].map(({ file }) => file),
    consumer(options) {
      onJump = options.onJump
      return new Following(logs, kept, options, log).consumer
    },
  }
}

class Following {
  readonly consumer: SoleConsumer
  readonly #logs: Logs
  readonly #kept: ReturnType<typeof shelf>
  readonly #log: Log
  readonly #hints = hints((path, renamed) => this.#hint(path, renamed))
  /** When a file was looked at last, epoch ms. */
  readonly #visited = new Map<string, number>()
  #looked = Date.now()
  #lookSoon = false
  #inWork = 0
  #closed = false
  #woken = false
  #rouse: () => void = () => {}

  constructor(logs: Logs, kept: ReturnType<typeof shelf>, options: FollowConsumer, log: Log) {
    this.#logs = logs
    this.#kept = kept
    this.#log = log
    const onBatch = async (batch: Batch, signal: AbortSignal): Promise<void> => {
      await options.onBatch(batch, signal)
      this.#inWork -= bytesOf(batch)
    }
    this.consumer = new SoleConsumer({ group: '', start: 'earliest', ...options, onBatch }, this.#source(), log)
    for (const path of logs.followed.keys()) this.consumer.own({ topic: path, partition: PARTITION })
    this.#hints.set(logs.folders())
    void this.#run()
  }

  #source(): PartitionSource {
    return {
      assigned: ({ topic, partition }) => {
        const log = this.#logs.followed.get(topic)?.log
        return log === undefined ? null : { topic, partition, epoch: log.epoch, committed: log.next }
      },
      locate: ({ topic }) => this.#logs.followed.get(topic)?.log.next ?? 0,
      room: () => this.#wake(),
      commit: async (positions) => {
        const places = new Map<string, Saved>()
        for (const { topic, offset } of positions) {
          const log = this.#logs.followed.get(topic)?.log
          if (log !== undefined) places.set(topic, log.commit(offset))
        }
        await this.#kept.save(places, Date.now())
      },
      close: () => {
        this.#closed = true
        this.#wake()
      },
    }
  }

  #hint(path: string, renamed: boolean): void {
    if (renamed) this.#lookSoon = true
    this.#visited.delete(path)
    this.#wake()
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#look()
        const more = await this.#visitAll()
        if (!more) await this.#pause()
      } catch (error) {
        this.#log('error', 'follow-failed', { error: String(error) })
        await this.#pause()
      }
    }
    this.#hints.close()
    this.#logs.close()
  }

  #wake(): void {
    this.#woken = true
    this.#rouse()
  }

  /** Until there may be something to do. */
  async #pause(): Promise<void> {
    await waited(BEAT)
    if (!this.#woken)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL - BEAT)
        this.#rouse = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    this.#rouse = () => {}
    this.#woken = false
  }

  async #look(): Promise<void> {
    const now = Date.now()
    if (now - this.#looked < (this.#lookSoon ? LOOK_AGAIN : LOOK)) return
    this.#looked = now
    this.#lookSoon = false
    const { come, gone } = await this.#logs.look(now)
    for (const topic of come) this.consumer.own({ topic, partition: PARTITION })
    for (const topic of gone) this.consumer.lose({ topic, partition: PARTITION })
    if (come.length + gone.length > 0) this.#hints.set(this.#logs.folders())
    if (now - this.#kept.looked() > NOTE) await this.#kept.save(new Map(), now)
    await this.#kept.tidy((path) => this.#logs.followed.has(path), now)
  }

  /** Whether there is more to be read at once. */
  async #visitAll(): Promise<boolean> {
    let more = false
    let visits = 0
    for (const partition of this.consumer.partitions) {
      const followed = this.#logs.followed.get(partition.topic)
      if (followed === undefined || !this.#isDue(partition, followed.log)) continue
      more = this.#visit(partition, followed) || more
      if (++visits % BREATH === 0) await setImmediate()
    }
    return (await this.#saveBegun()) || (more && this.#inWork < MOST_BYTES)
  }

  #isDue(partition: OwnedPartition, { behind, heard }: FollowedLog): boolean {
    if (!partition.hungry || this.#inWork >= MOST_BYTES) return false
    const now = Date.now()
    const pause = behind ? 0 : now - heard > QUIET ? SELDOM : POLL - 2 * BEAT
    return now - (this.#visited.get(partition.topic) ?? 0) >= pause
  }

  /** Reads on in one log; whether there is more. */
  #visit(partition: OwnedPartition, { log }: Followed): boolean {
    const asked = Date.now()
    this.#visited.set(partition.topic, asked)
    const portion = this.#read(log, asked)
    if (portion !== null) {
      const batch = batchOf(log, portion)
      if (partition.cursor !== null) partition.cursor.position = portion.next
      this.#inWork += bytesOf(batch)
      partition.offer(batch)
    } else if (!log.behind && !log.unsaved) partition.foundNothing(log.given, asked)
    return log.behind
  }

  #read(log: FollowedLog, now: number): Portion | null {
    try {
      return log.read(now)
    } catch (error) {
      this.#log('warn', 'file-unreadable', { file: log.path, error: (error as Error).message })
      return null
    }
  }

  /** Numbers of files begun are on the disk before their lines are used. Whether there were any. */
  async #saveBegun(): Promise<boolean> {
    const begun = [...this.#logs.followed].filter(([, { log }]) => log.unsaved)
    if (begun.length === 0) return false
    await this.#kept.save(new Map(begun.map(([path, { log }]) => [path, log.saved()])), Date.now())
    for (const [path, { log }] of begun) {
      log.unsaved = false
      this.#visited.delete(path)
    }
    return true
  }
}

function batchOf({ path, epoch, behind }: FollowedLog, { lines, from, next, mtime }: Portion): Batch {
  const records = lines.map(
    (value, index): KafkaRecord =>
      wholeRecord({ offset: from + index, timestamp: mtime, timestampKind: 'append', key: null, value, headers: [] }),
  )
  // How many lines are still to come is not known: one at least.
  return { topic: path, partition: PARTITION, epoch, records, next, end: behind ? next + 1 : next }
}

function bytesOf({ records }: Batch): number {
  return records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
}
