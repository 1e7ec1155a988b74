import kafkajs, { type Assigner, type Consumer as LibraryConsumer, type PartitionAssigner } from 'kafkajs'
import type { Client } from './client.ts'
import type { PartitionId, Position } from './types.ts'
import { pause, waited } from './wire/retry.ts'

/** What a member of a group is told. */
export interface MemberHooks {
  /** Topics to read, of those that exist. */
  topics(): Promise<readonly string[]>
  /**
   * The partitions that are ours from now on. `unbroken`: no division of the group passed us by since the last one, so that
   * a partition named in both was never another's in between.
   */
  assigned(partitions: readonly PartitionId[], unbroken: boolean): void
  /** Nothing is ours any more, or that cannot be known. */
  lost(): void
}

export interface MemberOptions {
  readonly group: string
  /** Ms. */
  readonly sessionTimeout: number
  /** How often topics are looked at again, ms. */
  readonly refresh: number
}

/** A member goes on trying: when its coordinator is away its place is kept for a session. It asks itself whether it was ended. */
const PATIENT = { initialRetryTime: 100, maxRetryTime: 2000, retries: 100_000 }
/** How long leaving may take, ms; without a coordinator the group misses the member after its session. */
const FAREWELL = 4000
/** A position and what is kept beside it. */
export interface Noted extends Position {
  readonly note: string
}

/** Longest wait before a new attempt after a crash, ms. */
const LONGEST_PAUSE = 30_000

/**
 * Membership in a consumer group. Only membership: the library's consumer joins, keeps its place by heartbeats and commits,
 * with all its partitions paused. Records are fetched beside it, so no handler, no codec and no offset can end it; what ends
 * it all the same (a coordinator that forgot it, a deleted topic, missing rights) is answered with a new one.
 */
export class Membership {
  readonly #client: Client
  readonly #options: MemberOptions
  readonly #hooks: MemberHooks
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #consumer: LibraryConsumer | null = null
  #commits: Promise<unknown> = Promise.resolve()
  crashes = 0
  /** Why there is no membership now; null while there is. */
  problem: string | null = 'joining the group'

  constructor(client: Client, options: MemberOptions, hooks: MemberHooks) {
    this.#client = client
    this.#options = options
    this.#hooks = hooks
    this.#running = this.#run()
  }

  /**
   * Commits what `positions` gives, one commit after the other, and tries again until it is done or nothing is left: each
   * attempt asks anew, since the group may have given partitions to others meanwhile.
   */
  commit(positions: () => readonly Noted[]): Promise<void> {
    const commit = this.#commits.then(() => this.#commit(positions))
    this.#commits = commit
    return commit
  }

  async #commit(positions: () => readonly Noted[]): Promise<void> {
    for (let tries = 0; !this.#closing.signal.aborted; tries++) {
      const offsets = positions().map(({ topic, partition, offset, note }) => {
        return { topic, partition, offset: String(offset), metadata: note }
      })
      if (offsets.length === 0) return
      try {
        if (this.#consumer !== null && this.problem === null) return await this.#consumer.commitOffsets(offsets)
      } catch (error) {
        this.#client.log('warn', 'kafka-commit-failed', { group: this.#options.group, error: (error as Error).message })
      }
      await waited(pause(tries), this.#closing.signal)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    for (let failures = 0; !signal.aborted; ) {
      const since = Date.now()
      const error = await this.#member().catch((thrown: Error) => thrown)
      this.#hooks.lost()
      this.problem ??= 'joining the group'
      if (error === null) continue
      this.crashes++
      this.problem = error.message
      failures = Date.now() - since > 2 * LONGEST_PAUSE ? 0 : failures + 1
      this.#client.log('error', 'kafka-member-crashed', { group: this.#options.group, error: error.message })
      await waited(pause(failures, LONGEST_PAUSE), signal)
    }
  }

  /** One life of a member: resolves to null when the topics changed or all is over, to the error that ended it otherwise. */
  async #member(): Promise<Error | null> {
    const { signal } = this.#closing
    const topics = await this.#hooks.topics()
    if (topics.length === 0) {
      this.problem = 'no topic to read exists'
      await waited(this.#options.refresh, signal)
      return null
    }
    const life = new Life(this.#client, this.#options, this.#hooks, (problem) => {
      this.problem = problem
    })
    this.#consumer = life.consumer
    try {
      return await Promise.race([life.run(topics), this.#changed(topics, life.signal)])
    } finally {
      this.#consumer = null
      await life.end()
    }
  }

  /** Resolves when other topics are to be read, or when everything ends. */
  async #changed(topics: readonly string[], ended: AbortSignal): Promise<null> {
    const signal = AbortSignal.any([this.#closing.signal, ended])
    while (await waited(this.#options.refresh, signal)) {
      const now = await this.#hooks.topics().catch(() => topics)
      if (now.join() !== topics.join()) break
    }
    return null
  }
}

/** A consumer of the library, from joining to its end. */
class Life {
  readonly consumer: LibraryConsumer
  readonly #options: MemberOptions
  readonly #hooks: MemberHooks
  readonly #tell: (problem: string | null) => void
  readonly #ended = new AbortController()
  /** Times this member has asked to join since it last got partitions. */
  #joins = 0
  #member = ''
  #assignment: readonly PartitionId[] = []
  /** When the coordinator last answered; whether that is too long ago. */
  #alive = Date.now()
  #silent = false

  constructor(client: Client, options: MemberOptions, hooks: MemberHooks, tell: (problem: string | null) => void) {
    this.#options = options
    this.#hooks = hooks
    this.#tell = tell
    this.consumer = client.library.consumer({
      groupId: options.group,
      sessionTimeout: options.sessionTimeout,
      heartbeatInterval: Math.ceil(options.sessionTimeout / 10),
      maxWaitTimeInMs: 250,
      metadataMaxAge: options.refresh,
      allowAutoTopicCreation: false,
      partitionAssigners: [this.#counting()],
      // Whatever ends it: a new consumer is made by us, with pauses that grow.
      retry: { ...PATIENT, restartOnFailure: async () => false },
    })
  }

  get signal(): AbortSignal {
    return this.#ended.signal
  }

  async run(topics: readonly string[]): Promise<Error | null> {
    const { consumer } = this
    const crash = new Promise<Error>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error))
    })
    consumer.on(consumer.events.HEARTBEAT, () => this.#beat())
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      consumer.pause(topics.map((topic) => ({ topic })))
      this.#joined(payload.memberId, payload.memberAssignment)
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [...topics] })
    const running = consumer.run({ autoCommit: false, eachBatch: async () => {} })
    void this.#watch()
    return Promise.race([crash, running.then(() => crash)])
  }

  /** Leaves the group. */
  async end(): Promise<void> {
    this.#ended.abort()
    const late = new AbortController()
    await Promise.race([this.consumer.disconnect().catch(() => {}), waited(FAREWELL, late.signal)])
    late.abort()
  }

  #joined(member: string, assignment: Readonly<Record<string, readonly number[]>>): void {
    const unbroken = member === this.#member && this.#joins === 1 && !this.#silent
    this.#member = member
    this.#joins = 0
    this.#alive = Date.now()
    this.#silent = false
    this.#assignment = Object.entries(assignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    )
    this.#tell(null)
    this.#hooks.assigned(this.#assignment, unbroken)
  }

  /** The coordinator knows us: what it gave us last is ours, also when it was not to be heard for a while. */
  #beat(): void {
    this.#alive = Date.now()
    if (!this.#silent) return
    this.#silent = false
    this.#tell(null)
    this.#hooks.assigned(this.#assignment, false)
  }

  /** Without heartbeats for a session the group may have given our partitions to others. */
  async #watch(): Promise<void> {
    const { sessionTimeout } = this.#options
    while (await waited(sessionTimeout / 10, this.signal)) {
      if (this.#member === '' || this.#silent || Date.now() - this.#alive <= sessionTimeout) continue
      this.#silent = true
      this.#tell('no heartbeat reached the group coordinator')
      this.#hooks.lost()
    }
  }

  #counting(): PartitionAssigner {
    return (config) => {
      const assigner: Assigner = kafkajs.PartitionAssigners.roundRobin(config)
      const protocol: Assigner['protocol'] = (subscription) => {
        this.#joins++
        return assigner.protocol(subscription)
      }
      return { ...assigner, protocol }
    }
  }
}
