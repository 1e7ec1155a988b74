import type { Config } from '../../config/types.ts'
import { MIB, ms, type Node, newNode } from '../node.ts'
import { Story } from './story.ts'

export interface ReplicaOptions {
  readonly nofailover?: boolean
  readonly nosync?: boolean
  /** Reads the archive only. */
  readonly nostream?: boolean
  /** Follows this member: a cascading replica. */
  readonly replicatefrom?: string
  /** recovery_min_apply_delay, s. */
  readonly delay?: number
}

/** Who is in the cluster, and what of it is read. */
export class Reading extends Story {
  replica(name: string, options: ReplicaOptions = {}): this {
    const { world } = this
    const leader = [...world.nodes.values()].find((node) => node.lock)
    const node = newNode(name, world.nodes.size, options.replicatefrom ?? leader?.name ?? null)
    const { delay = 0, ...tags } = options
    Object.assign(node.tags, tags)
    node.view = leader?.name ?? null
    node.delay = delay
    world.nodes.set(name, node)
    return this
  }

  /** The cluster copies another one: its leader is a standby leader that streams from `remote`, which nobody reads. */
  standbyCluster(remote = 'remote'): this {
    const { world } = this
    const leader = world.leader() as Node
    Object.assign(leader, { role: 'standby_leader', conninfo: remote, connected: true })
    const source = newNode(remote, 9, null)
    Object.assign(source, { logs: false, postgresLogs: false, metrics: false, lock: false, listed: null })
    world.nodes.set(remote, source)
    return this
  }

  /** Members are read every so many seconds. */
  sampledEvery(seconds: number): this {
    this.world.settings.sampling = seconds
    return this
  }

  /** Nothing but logs is read. */
  logsOnly(): this {
    for (const node of this.world.nodes.values()) node.metrics = false
    return this
  }

  /** Nothing but samples is read. */
  metricsOnly(): this {
    for (const node of this.world.nodes.values()) Object.assign(node, { logs: false, postgresLogs: false })
    return this
  }

  /** As with Spilo: PostgreSQL writes to files that nobody ships. */
  withoutPostgresLogs(): this {
    for (const node of this.world.nodes.values()) node.postgresLogs = false
    return this
  }

  /** Patroni's `log.level` is WARNING: no heartbeat, no word on failsafe mode or a switchover. */
  atLevelWarning(): this {
    this.world.settings.level = 'WARNING'
    return this
  }

  /** As with Spilo's prefix, `%t`: PostgreSQL's stamps have no fraction, its lines seem to come before their cause. */
  wholeSeconds(): this {
    this.world.settings.wholeSeconds = true
    return this
  }

  /** The members' `/cluster` is not polled. */
  withoutViews(): this {
    this.world.settings.views = false
    return this
  }

  /** The release of Patroni; 4.1.4 unless told. */
  version(version: string): this {
    this.world.settings.version = version
    return this
  }

  /** restore_command is set: without a connection WAL comes from the archive. */
  withArchive(): this {
    this.world.settings.archive = true
    return this
  }

  /** loop_wait and ttl, s. */
  timings(loopWait: number, ttl: number): this {
    Object.assign(this.world.settings, { loopWait, ttl })
    this.config = { ...this.config, loopWait: loopWait * 1000, ttl: ttl * 1000 } as Config['clusters'][string]
    return this
  }

  /** What the configuration says of the cluster. */
  configured(config: NonNullable<Config['clusters'][string]>): this {
    this.config = { ...this.config, ...config } as Config['clusters'][string]
    return this
  }

  /** No reading arrives any more, of one member or of all. */
  metricsVanish(t: number, member?: string): this {
    return this.each(t, member, (node) => {
      node.metrics = false
    })
  }

  metricsReturn(t: number, member?: string): this {
    return this.each(t, member, (node) => {
      node.metrics = true
    })
  }

  /** Polls and scrapes fail while Patroni goes on, of one member or of all. */
  polledInVain(t: number, member?: string): this {
    return this.each(t, member, (node) => {
      node.answers = false
    })
  }

  polledAgain(t: number, member?: string): this {
    return this.each(t, member, (node) => {
      node.answers = true
    })
  }

  /** No line arrives any more, of one member or of all: the shipper died. */
  logsVanish(t: number, member?: string): this {
    return this.each(t, member, (node) => Object.assign(node, { logs: false, postgresLogs: false }))
  }

  logsReturn(t: number, member?: string): this {
    return this.each(t, member, (node) => Object.assign(node, { logs: true, postgresLogs: true }))
  }

  /** The clock of a member is so many seconds ahead, from the beginning on. */
  clockAhead(member: string, seconds: number): this {
    this.world.node(member).clock = seconds
    return this
  }

  /** The reader of the topic reports how the member's lines arrive, s. */
  arrives(member: string, t: number, offset: number, delay = 0): this {
    return this.each(t, member, () =>
      this.world.records.push({ time: ms(t), member, path: 'delivery', offset: offset * 1000, delay: delay * 1000 }),
    )
  }

  /** postgres_exporter of the member shows a slot that nobody reads from `t` to `until`; each second it keeps so much more. */
  idleSlot(member: string, slot: string, t: number, until: number, mibPerSecond = 1): this {
    const { world } = this
    const labels = { slot_name: slot }
    for (let at = t; at < until + 60; at += world.settings.sampling) {
      const idle = at < until
      const values = [
        { metric: 'pg_replication_slots_active', labels, value: idle ? 0 : 1 },
        { metric: 'pg_replication_slots_pg_wal_lsn_diff', labels, value: idle ? (at - t) * mibPerSecond * MIB : 0 },
      ]
      this.each(at, member, (node) => {
        if (node.metrics) world.records.push({ time: ms(at + 0.2), member, path: 'exporter', values })
      })
    }
    return this
  }
}
