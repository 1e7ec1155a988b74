import type { Cursor } from '../kafka/cursor.ts'
import { OwnedPartition } from '../kafka/partition.ts'
import {
  type AssignedPartition,
  type CommitPosition,
  type Consumer,
  type ConsumerHealth,
  type ConsumerOptions,
  keyOf,
  type Log,
  type PartitionId,
  type Position,
  type Start,
} from '../kafka/types.ts'
import { waited } from '../kafka/wire/retry.ts'

/** What its partitions are to a consumer. */
export interface PartitionSource {
  /** Epoch of a partition and what is committed of it; null when it is not there (any more). */
  assigned(at: PartitionId): AssignedPartition | null
  /** The offset that a start means now. */
  locate(at: PartitionId, start: Start): number
  /** There is room for a batch of some partition. */
  room(): void
  /** Notes how far was read. */
  commit(positions: readonly (Position & { readonly epoch: number })[]): Promise<void>
  /** Ends what was begun; no partition takes batches any more. */
  close(): void
}

/** How long handlers at work are waited for when closing, ms. */
const PATIENCE = 5_000

/** A consumer that shares with nobody: each partition it is given is its own. */
export class SoleConsumer implements Consumer {
  readonly #options: Omit<ConsumerOptions, 'topics'>
  readonly #source: PartitionSource
  readonly #log: Log
  readonly #owned = new Map<string, OwnedPartition>()
  #retries = 0

  constructor(options: Omit<ConsumerOptions, 'topics'>, source: PartitionSource, log: Log) {
    this.#options = options
    this.#source = source
    this.#log = log
  }

  get partitions(): Iterable<OwnedPartition> {
    return this.#owned.values()
  }

  has(at: PartitionId): boolean {
    return this.#owned.has(keyOf(at))
  }

  own(at: PartitionId): void {
    const owned = new OwnedPartition(at, undefined, {
      open: (partition) => this.#open(partition),
      handle: (batch, signal) => this.#options.onBatch(batch, signal),
      room: () => this.#source.room(),
      failed: (partition, error) => this.#failed(partition, error),
    })
    this.#owned.set(keyOf(at), owned)
  }

  /** A partition that is no more. */
  lose(at: PartitionId): void {
    this.#owned.get(keyOf(at))?.lose()
    this.#owned.delete(keyOf(at))
    this.#options.onRevoked?.([at])
  }

  progress() {
    return [...this.#owned.values()].map((partition) => partition.progress())
  }

  health(): ConsumerHealth {
    const failing = [...this.#owned.values()].find(({ problem }) => problem !== null)
    const problem = failing === undefined ? null : `${keyOf(failing)}: ${failing.problem}`
    return { healthy: problem === null, problem, crashes: 0, retries: this.#retries }
  }

  async commit(positions: readonly CommitPosition[]): Promise<void> {
    const ours = positions.flatMap(({ topic, partition, offset, epoch }) => {
      const owned = this.#owned.get(keyOf({ topic, partition }))
      if (owned?.cursor == null || owned.cursor.epoch !== (epoch ?? owned.epoch)) return []
      return [{ topic, partition, offset, epoch: owned.cursor.epoch }]
    })
    if (ours.length > 0) await this.#source.commit(ours)
  }

  seek(position: Position): void {
    this.#owned.get(keyOf(position))?.seek(position)
  }

  pause(partitions: readonly PartitionId[]): void {
    this.#setPaused(partitions, true)
  }

  resume(partitions: readonly PartitionId[]): void {
    this.#setPaused(partitions, false)
    this.#source.room()
  }

  async close(): Promise<void> {
    const late = new AbortController()
    const drained = Promise.all([...this.#owned.values()].map((partition) => partition.drain()))
    await Promise.race([drained, waited(PATIENCE, late.signal)])
    late.abort()
    for (const partition of this.#owned.values()) partition.lose()
    this.#owned.clear()
    this.#source.close()
  }

  #setPaused(partitions: readonly PartitionId[], paused: boolean): void {
    for (const at of partitions) {
      const owned = this.#owned.get(keyOf(at))
      if (owned !== undefined) owned.paused = paused
    }
  }

  async #open({ topic, partition, signal }: OwnedPartition): Promise<Cursor | null> {
    const at = { topic, partition }
    const assigned = this.#source.assigned(at)
    if (assigned === null) return null
    const { start } = this.#options
    const given = await this.#options.onAssigned?.(assigned, signal)
    const position = this.#source.locate(at, given ?? assigned.committed ?? start)
    return { ...at, epoch: assigned.epoch, position, time: null, start }
  }

  #failed({ topic, partition }: PartitionId, error: unknown): void {
    this.#retries++
    this.#log('error', 'handler-failed', { topic, partition, error: String(error) })
  }
}
