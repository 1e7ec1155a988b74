import type { Cursor } from './cursor.ts'
import type { Batch, PartitionId, Position, Progress } from './types.ts'
import { pause, waited } from './wire/retry.ts'

/** What a partition of ours needs from the consumer it belongs to. */
export interface PartitionHooks {
  /** Finds out where to start; tried again for as long as it throws. */
  open(partition: OwnedPartition): Promise<Cursor | null>
  handle(batch: Batch, signal: AbortSignal): Promise<void>
  /** There is room for another batch. */
  room(): void
  failed(partition: OwnedPartition, error: unknown): void
}

/** Longest wait before a failed handler is called again, ms. */
const LONGEST_PAUSE = 30_000
/** A log not looked at for so long, ms, may have got records that were on their way then: it has to be idle anew. */
const UNSEEN = 3_000

/** A partition that is ours: one batch in work, one waiting. */
export class OwnedPartition implements PartitionId {
  readonly topic: string
  readonly partition: number
  readonly #hooks: PartitionHooks
  readonly #lost = new AbortController()
  /** Resolves when it is no longer ours. */
  readonly lost: Promise<void>
  /** Resolves when the last handler has returned. */
  readonly done: Promise<void>
  /** Null until it is known where to start. */
  cursor: Cursor | null = null
  paused = false
  /** Being put right after an error; nothing is fetched meanwhile. */
  settling = false
  /** Why a handler fails, null while none does. */
  problem: string | null = null
  #waiting: Batch | null = null
  #arrived: (() => void) | null = null
  #next: number | null = null
  #end: number | null = null
  #idleSince: number | null = null
  #idleUntil: number | null = null
  /** Grows when reading is sent elsewhere: what was fetched or is in work before then counts no more. */
  #turn = 0
  #epoch: number | null = null
  #working = false
  #draining = false

  constructor(at: PartitionId, before: Promise<void> | undefined, hooks: PartitionHooks) {
    this.topic = at.topic
    this.partition = at.partition
    this.#hooks = hooks
    this.lost = new Promise((resolve) => {
      this.#lost.signal.addEventListener('abort', () => {
        this.#arrived?.()
        resolve()
      })
    })
    this.done = this.#work(before)
  }

  get signal(): AbortSignal {
    return this.#lost.signal
  }

  /** That of the batch last given to the handler. */
  get epoch(): number {
    return this.#epoch ?? this.cursor?.epoch ?? 0
  }

  /** Whether a fetch may be made for it. */
  get hungry(): boolean {
    return this.cursor !== null && this.#waiting === null && !this.paused && !this.settling && this.#open
  }

  /** Waits for its handler while a fetched batch lies ready. */
  get full(): boolean {
    return this.#waiting !== null
  }

  lose(): void {
    this.#lost.abort()
  }

  /** Takes no more batches; resolves when the one in work is done. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#waiting = null
    this.#arrived?.()
    if (this.cursor === null) this.lose()
    await this.done
  }

  /** Neither lost nor about to be. */
  get #open(): boolean {
    return !this.signal.aborted && !this.#draining
  }

  /** A batch came. */
  offer(batch: Batch): void {
    this.#waiting = batch
    this.#end = batch.end
    this.#idleSince = null
    this.#idleUntil = null
    this.#arrived?.()
  }

  /** A fetch that was sent at `asked` found nothing; `end` is where the log ends. */
  foundNothing(end: number, asked: number): void {
    this.#end = end
    const idle = this.#waiting === null && this.#next === end
    const seen = asked - (this.#idleUntil ?? asked) < UNSEEN
    this.#idleSince = idle ? ((seen ? this.#idleSince : null) ?? asked) : null
    this.#idleUntil = idle ? asked : null
  }

  seek({ offset }: Position): void {
    if (this.cursor === null) return
    this.#turn++
    this.cursor.position = offset
    this.#waiting = null
    this.#next = offset
    this.#idleSince = null
    this.#idleUntil = null
  }

  /** The cursor was put right: with nothing left to handle, that is where it stands. */
  moved(): void {
    if (this.#waiting !== null || this.#working || this.cursor === null) return
    this.#next = this.cursor.position
    this.#epoch = this.cursor.epoch
  }

  progress(): Progress {
    const { topic, partition, cursor } = this
    return {
      topic,
      partition,
      epoch: cursor?.epoch ?? 0,
      next: this.#next,
      end: this.#end,
      idleSince: this.#idleSince,
      idleUntil: this.#idleUntil,
    }
  }

  async #work(before: Promise<void> | undefined): Promise<void> {
    await before
    this.cursor = await this.#opened()
    this.#next = this.cursor?.position ?? null
    while (this.#open) {
      this.#hooks.room()
      const batch = await this.#taken()
      if (batch !== null) await this.#handle(batch)
    }
  }

  async #opened(): Promise<Cursor | null> {
    for (let tries = 0; !this.signal.aborted; tries++) {
      try {
        const cursor = await this.#hooks.open(this)
        this.problem = null
        if (cursor !== null) return cursor
      } catch (error) {
        this.#failed(error)
      }
      await waited(pause(tries, LONGEST_PAUSE), this.signal)
    }
    return null
  }

  async #taken(): Promise<Batch | null> {
    if (this.#waiting === null) await new Promise<void>((resolve) => (this.#arrived = resolve))
    this.#arrived = null
    const batch = this.#waiting
    this.#waiting = null
    return batch
  }

  async #handle(batch: Batch): Promise<void> {
    const turn = this.#turn
    this.#working = true
    this.#epoch = batch.epoch
    this.#hooks.room()
    await this.#tryUntilHandled(batch, turn)
    this.#working = false
    // The topic was made anew while its last batch was in work.
    if (batch.epoch !== this.cursor?.epoch) this.moved()
  }

  async #tryUntilHandled(batch: Batch, turn: number): Promise<void> {
    for (let tries = 0; this.#open && turn === this.#turn; tries++) {
      try {
        await this.#hooks.handle(batch, this.signal)
        this.problem = null
        if (turn === this.#turn) this.#next = batch.next
        return
      } catch (error) {
        this.#failed(error)
        await waited(pause(tries, LONGEST_PAUSE), this.signal)
      }
    }
  }

  #failed(error: unknown): void {
    if (this.signal.aborted) return
    this.problem = error instanceof Error ? error.message : String(error)
    this.#hooks.failed(this, error)
  }
}
