import { sameTopic } from '../../model/epoch.ts'
import type { Client } from './client.ts'
import { accept, type Cursor, leaderOf, locate, settle } from './cursor.ts'
import { Membership } from './membership.ts'
import { OwnedPartition } from './partition.ts'
import {
  type AssignedPartition,
  type CommitPosition,
  type Consumer,
  type ConsumerHealth,
  type ConsumerOptions,
  type Jump,
  KafkaError,
  keyOf,
  type PartitionId,
  type Position,
} from './types.ts'
import { Cluster } from './wire/cluster.ts'
import { type Fetched, fetchFrom } from './wire/fetch.ts'
import { type Metadata, topicIn } from './wire/metadata.ts'
import { pause, waited } from './wire/retry.ts'

const SESSION = 30_000
const MAX_BYTES = 1024 * 1024
const MAX_BYTES_PER_PARTITION = 256 * 1024
/** How long handlers at work are waited for when closing, ms. */
const PATIENCE = 5000
const REFRESH = 10_000
/** How long a broker holds an empty fetch back, ms; less while a partition of it waits for its handler. */
const MAX_WAIT = 250
const MAX_WAIT_BUSY = 25

/** See `Consumer`. */
export function consumer(client: Client, options: ConsumerOptions): Consumer {
  return new GroupConsumer(client, options)
}

class GroupConsumer implements Consumer {
  readonly #client: Client
  readonly #options: ConsumerOptions
  readonly #cluster: Cluster
  readonly #membership: Membership
  readonly #refreshEvery: number
  readonly #owned = new Map<string, OwnedPartition>()
  /** Handlers of partitions lost, which may still be at work. */
  readonly #leaving = new Map<string, Promise<void>>()
  /** Fetch under way, by broker. */
  readonly #flights = new Map<number, Promise<void>>()
  #metadata: { readonly value: Metadata; readonly at: number } | null = null
  #asking: Promise<Metadata> | null = null
  #retries = 0
  #closed = false

  constructor(client: Client, options: ConsumerOptions) {
    this.#client = client
    this.#options = options
    this.#cluster = new Cluster(client)
    this.#refreshEvery = options.refresh ?? REFRESH
    const { group, sessionTimeout = SESSION } = options
    this.#membership = new Membership(
      client,
      { group, sessionTimeout, refresh: this.#refreshEvery },
      {
        topics: () => this.#topics(),
        assigned: (partitions, unbroken) => this.#assigned(partitions, unbroken),
        lost: () => this.#lose([...this.#owned.values()]),
      },
    )
  }

  progress() {
    return [...this.#owned.values()].map((partition) => partition.progress())
  }

  health(): ConsumerHealth {
    const failing = [...this.#owned.values()].find(({ problem }) => problem !== null)
    const problem = this.#membership.problem ?? (failing === undefined ? null : `${keyOf(failing)}: ${failing.problem}`)
    return { healthy: problem === null, problem, crashes: this.#membership.crashes, retries: this.#retries }
  }

  async commit(positions: readonly CommitPosition[]): Promise<void> {
    const asked = positions.flatMap((position) => {
      const owned = this.#owned.get(keyOf(position))
      return owned === undefined ? [] : [{ position, owned, epoch: position.epoch ?? owned.epoch }]
    })
    // An offset of a topic that was made anew meanwhile would skip as much of the new one.
    const ours = () => asked.filter(({ owned, epoch }) => !owned.signal.aborted && owned.cursor?.epoch === epoch)
    const noted = () => ours().map(({ position, epoch }) => ({ ...position, note: String(epoch) }))
    if (asked.length === 0) return
    // A coordinator that does not answer keeps nobody: when all partitions are lost there is nothing to wait for.
    const lost = Promise.all(asked.map(({ owned }) => owned.lost))
    await Promise.race([this.#membership.commit(noted), lost])
  }

  seek(position: Position): void {
    this.#owned.get(keyOf(position))?.seek(position)
    this.#pump()
  }

  pause(partitions: readonly PartitionId[]): void {
    this.#setPaused(partitions, true)
  }

  resume(partitions: readonly PartitionId[]): void {
    this.#setPaused(partitions, false)
    this.#pump()
  }

  async close(): Promise<void> {
    this.#closed = true
    const late = new AbortController()
    const drained = Promise.all([...this.#owned.values()].map((partition) => partition.drain()))
    await Promise.race([drained, waited(PATIENCE, late.signal)])
    late.abort()
    // Whatever still works is told now: it is no longer waited for.
    this.#lose([...this.#owned.values()])
    await this.#membership.close()
    await this.#cluster.close()
  }

  #setPaused(partitions: readonly PartitionId[], paused: boolean): void {
    for (const at of partitions) {
      const owned = this.#owned.get(keyOf(at))
      if (owned !== undefined) owned.paused = paused
    }
  }

  async #topics(): Promise<readonly string[]> {
    const { topics } = this.#options
    const patterns = topics.some((topic) => topic instanceof RegExp)
    const names = topics.filter((topic) => typeof topic === 'string')
    const { topics: found, denied } = await this.#cluster.metadata(patterns ? null : names)
    const [hidden] = denied
    if (hidden !== undefined && !patterns)
      throw new KafkaError('authorization', `kafka: not authorized for topic ${hidden}`)
    const visible = [...found.values()].filter(({ internal }) => !internal)
    const wanted = visible.filter(({ topic }) => topics.some((given) => matches(given, topic)))
    return wanted.map(({ topic }) => topic).sort()
  }

  #assigned(partitions: readonly PartitionId[], unbroken: boolean): void {
    const kept = new Set(unbroken ? partitions.map(keyOf) : [])
    this.#lose([...this.#owned].filter(([key]) => !kept.has(key)).map(([, owned]) => owned))
    if (this.#closed) return
    for (const at of partitions) {
      const key = keyOf(at)
      if (this.#owned.has(key)) continue
      this.#owned.set(key, this.#own(at))
    }
  }

  #own(at: PartitionId): OwnedPartition {
    return new OwnedPartition(at, this.#leaving.get(keyOf(at)), {
      open: (partition) => this.#open(partition),
      handle: (batch, signal) => this.#options.onBatch(batch, signal),
      room: () => this.#pump(),
      failed: (partition, error) => this.#failed(partition, error),
    })
  }

  #lose(lost: readonly OwnedPartition[]): void {
    if (lost.length === 0) return
    for (const partition of lost) {
      const key = keyOf(partition)
      this.#owned.delete(key)
      partition.lose()
      const done = partition.done.finally(() => {
        if (this.#leaving.get(key) === done) this.#leaving.delete(key)
      })
      this.#leaving.set(key, done)
    }
    this.#options.onRevoked?.(lost.map(({ topic, partition }) => ({ topic, partition })))
  }

  #failed(partition: PartitionId, error: unknown): void {
    this.#retries++
    const { topic, partition: number } = partition
    this.#client.log('error', 'kafka-handler-failed', { topic, partition: number, error: String(error) })
  }

  readonly #jump = (jump: Jump): void => {
    this.#client.log('warn', 'kafka-jump', { ...jump })
    this.#options.onJump?.(jump)
  }

  async #open(owned: OwnedPartition): Promise<Cursor | null> {
    const { topic, partition } = owned
    const metadata = await this.#fresh()
    const found = topicIn(metadata, topic)
    const leader = leaderOf(metadata, owned)
    if (found === undefined || leader === null) return null
    const assigned = await this.#committed(owned, found.epoch)
    const given = await this.#options.onAssigned?.(assigned, owned.signal)
    const start = given ?? assigned.committed ?? this.#options.start
    const position = await locate(this.#cluster, leader, owned, start)
    const cursor: Cursor = { topic, partition, epoch: assigned.epoch, position, time: null, start: this.#options.start }
    return (await settle(this.#cluster, cursor, this.#jump)) ? cursor : null
  }

  /** The note of a commit tells of which topic it was: offsets of an earlier one of that name mean nothing. */
  async #committed({ topic, partition }: PartitionId, epoch: number): Promise<AssignedPartition> {
    const held = (await this.#cluster.committed(this.#options.group, topic, [partition])).get(partition)
    const noted = Number(held?.note || epoch)
    const same = sameTopic(noted, epoch)
    return { topic, partition, epoch: same ? noted : epoch, committed: same ? (held?.offset ?? null) : null }
  }

  /** Many partitions ask at once: one request serves those that come while it has not been sent. */
  #fresh(): Promise<Metadata> {
    this.#asking ??= Promise.resolve().then(() => {
      this.#asking = null
      return this.#ask()
    })
    return this.#asking
  }

  async #ask(): Promise<Metadata> {
    const topics = [...new Set([...this.#owned.values()].map(({ topic }) => topic))]
    const value = await this.#cluster.metadata(topics)
    this.#metadata = { value, at: Date.now() }
    return value
  }

  /** Starts a fetch at each broker that leads a partition with room and has none under way. */
  #pump(): void {
    if (this.#closed) return
    const hungry = [...this.#owned.values()].filter((partition) => partition.hungry)
    const metadata = this.#metadata?.value
    if (hungry.length === 0 || metadata === undefined) return
    const byLeader = Map.groupBy(hungry, (partition) => leaderOf(metadata, partition) ?? -1)
    for (const [leader, partitions] of byLeader) {
      if (this.#flights.has(leader)) continue
      const flight = this.#fetch(leader, partitions).finally(() => {
        this.#flights.delete(leader)
        this.#pump()
      })
      this.#flights.set(leader, flight)
    }
  }

  async #fetch(leader: number, partitions: readonly OwnedPartition[]): Promise<void> {
    try {
      if (leader < 0 || Date.now() - (this.#metadata?.at ?? 0) > this.#refreshEvery) await this.#refresh()
      if (leader < 0) await waited(pause(2))
      else await this.#fetchFrom(leader, partitions)
    } catch (error) {
      this.#client.log('warn', 'kafka-fetch-failed', { broker: leader, error: (error as Error).message })
      await waited(pause(2))
      await this.#refresh().catch(() => {})
    }
  }

  async #fetchFrom(leader: number, partitions: readonly OwnedPartition[]): Promise<void> {
    const { maxBytes = MAX_BYTES, maxBytesPerPartition = MAX_BYTES_PER_PARTITION } = this.#options
    const wanted = partitions.flatMap(({ topic, partition, cursor }) =>
      cursor === null ? [] : [{ topic, partition, offset: cursor.position, maxBytes: maxBytesPerPartition }],
    )
    const busy = [...this.#owned.values()].some(({ full }) => full)
    const limits = { maxWait: busy ? MAX_WAIT_BUSY : MAX_WAIT, maxBytes }
    const asked = Date.now()
    for (const fetched of await fetchFrom(await this.#cluster.node(leader), wanted, limits)) {
      const owned = this.#owned.get(keyOf(fetched))
      // What was sent elsewhere meanwhile wants something else now.
      if (owned?.cursor?.position === fetched.from) this.#take(owned, fetched, asked)
      else fetched.release()
    }
  }

  #take(owned: OwnedPartition, fetched: Fetched, asked: number): void {
    if (owned.cursor === null) return
    const batch = fetched.error === 0 ? accept(owned.cursor, fetched, this.#jump) : null
    if (batch !== null) owned.offer(batch)
    else fetched.release()
    if (fetched.error !== 0) void this.#settle(owned)
    else if (batch === null) owned.foundNothing(fetched.end, asked)
  }

  async #settle(owned: OwnedPartition): Promise<void> {
    owned.settling = true
    for (let tries = 0; !owned.signal.aborted && owned.cursor !== null; tries++) {
      const settled = await settle(this.#cluster, owned.cursor, this.#jump).catch(() => false)
      if (settled) {
        owned.moved()
        break
      }
      await waited(pause(tries), owned.signal)
    }
    owned.settling = false
    await this.#refresh().catch(() => {})
    this.#pump()
  }

  /** Looks at topics and leaders again; a topic made anew while nothing was fetched shows here. */
  async #refresh(): Promise<void> {
    const metadata = await this.#fresh()
    for (const owned of this.#owned.values()) {
      const epoch = metadata.topics.get(owned.topic)?.epoch
      const other = epoch !== undefined && owned.cursor !== null && !sameTopic(owned.cursor.epoch, epoch)
      if (other && !owned.settling) void this.#settle(owned)
    }
  }
}

function matches(given: string | RegExp, topic: string): boolean {
  return typeof given === 'string' ? given === topic : new RegExp(`^(?:${given.source})$`, given.flags).test(topic)
}
