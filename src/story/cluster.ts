/**
 * The verbs of a story: what happens to a make-believe cluster, each at a second of virtual time. Every verb changes
 * what is true of a member and writes the lines that Patroni and PostgreSQL write then; nothing else does.
 */
import type { Config } from '../config/types.ts'
import { bodyOf, confirm, lsn, MIB, ms, type Node, newNode, newWorld, type World } from './world.ts'

/** Begins a story: a healthy cluster of one primary, writing 1 MiB/s, read every 10 s. Add its replicas next. */
export function cluster(name: string, primary = 'pg-0'): ClusterStory {
  return new ClusterStory(name, primary)
}

/** The cluster most stories use: primary `pg-0`, replicas `pg-1` and `pg-2`. */
export function demo(): ClusterStory {
  return cluster('demo').replica('pg-1').replica('pg-2')
}

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

/** A fluent list of what happens; nothing runs before the story is told. */
export class ClusterStory {
  readonly name: string
  readonly world: World
  /** Configuration that the engine is given. */
  config: Config['clusters'][string] | undefined
  private ends = 0

  constructor(name: string, primary: string) {
    this.name = name
    this.world = newWorld()
    this.world.nodes.set(primary, newNode(primary, 0, null))
  }

  /** Second at which the story is over: five minutes after the last thing that happens, unless `until` says otherwise. */
  end = 0

  until(t: number): this {
    this.end = t
    return this
  }

  // ---- who is in it -------------------------------------------------------------------------------------------

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

  // ---- what is read of it -------------------------------------------------------------------------------------

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

  // ---- what reaches the reader --------------------------------------------------------------------------------

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

  // ---- the load -----------------------------------------------------------------------------------------------

  /** The primary writes so many MiB a second. */
  writes(mibPerSecond: number, t = 0): this {
    return this.at(t, () => {
      this.world.rate = mibPerSecond * MIB
    })
  }

  /** The primary falls idle: some bytes a second, as autovacuum and checkpoints write. */
  primaryIdle(t: number): this {
    return this.writes(0.00005, t)
  }

  // ---- replication --------------------------------------------------------------------------------------------

  /** Nothing arrives at the replica any more, and nobody says so: packets are dropped, the connection stands. */
  freeze(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.cut = true
    })
  }

  /** It flows again, without a line. */
  thaw(member: string, t: number): this {
    return this.each(t, member, (node) => Object.assign(node, { cut: false, blocked: false }))
  }

  /** WAL arrives but nothing is replayed: a query holds it. */
  freezeReplay(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.blocked = true
    })
  }

  /** Somebody calls pg_wal_replay_pause(). */
  pauseReplay(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.replayPaused = true
      this.world.postgres(node, t, 'recovery has paused')
    })
  }

  resumeReplay(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.replayPaused = false
    })
  }

  /** `primary_conninfo` is removed, while Patroni says `no action. … following a leader`. */
  removeUpstream(member: string, t: number): this {
    return this.each(t, member, (node) => {
      this.world.postgres(node, t, 'received SIGHUP, reloading configuration files')
      this.world.postgres(
        node,
        t + 0.001,
        'parameter "primary_conninfo" removed from configuration file, reset to default',
      )
      node.conninfo = null
    })
  }

  /** The connection breaks and does not come back. */
  breakConnection(member: string, t: number, error = 'timeout expired'): this {
    return this.each(t, member, (node) => {
      this.world.postgres(node, t, 'terminating walreceiver due to timeout', 'CRITICAL')
      node.connected = false
      node.refused = `could not connect to the primary server: connection to server at "10.0.0.0", port 5432 failed: ${error}`
      node.retry = t + 5
    })
  }

  /** The replica streams again: from the leader, with the lines of a new receiver. */
  stream(member: string, t: number): this {
    return this.each(t, member, (node) => {
      const { world } = this
      const leader = node.tags.replicatefrom ?? world.leader()?.name ?? null
      if (node.conninfo !== leader) setConninfo(world, node, leader, t)
      if (node.cut && node.connected) {
        node.connected = false
        world.postgres(node, t, 'terminating walreceiver due to timeout', 'CRITICAL')
      }
      Object.assign(node, {
        cut: false,
        blocked: false,
        refused: null,
        retry: t + 0.5,
        cycle: null,
        view: world.leader()?.name ?? node.view,
      })
    })
  }

  /** The WAL that the replica asks for is gone at its source: every 5 s the same refusal. */
  walMissing(member: string, t: number): this {
    return this.each(t, member, (node) => {
      this.world.postgres(node, t, 'terminating walreceiver due to timeout', 'CRITICAL')
      node.connected = false
      node.retry = t + 0.5
      node.refused =
        'could not receive data from WAL stream: ERROR:  requested WAL segment 000000010000000000000003 has already been removed'
    })
  }

  /** The replica has WAL that its source's timeline does not have. */
  timelineDiverged(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.connected = false
      node.retry = t + 0.5
      node.refused = `could not start WAL streaming: ERROR:  requested starting point ${lsn(node.received)} on timeline 1 is not in this server's history`
    })
  }

  // ---- the view of the DCS ------------------------------------------------------------------------------------

  /**
   * The replica's watch is stale (patroni/patroni#3248): it sees no leader, asks the leader, finds it alive, is "not
   * the healthiest node", and removes its upstream. Each loop.
   */
  staleView(member: string, t: number): this {
    return this.each(t, member, (node) => {
      const { world } = this
      node.unlocked = true
      node.beat = t
      node.cycle = (now) => {
        const leader = world.leader()
        if (leader !== undefined) {
          const body = JSON.stringify(bodyOf(world, leader, now))
          world.patroni(
            node,
            now,
            `Got response from ${leader.name} http://10.0.0.${leader.number}:8008/patroni: ${body}`,
          )
          world.patroni(node, now + 0.002, `Primary (${leader.name}) is still alive`, 'WARNING')
        }
        if (node.conninfo !== null) {
          world.postgres(
            node,
            now + 0.01,
            'parameter "primary_conninfo" removed from configuration file, reset to default',
          )
          node.conninfo = null
        }
        world.patroni(node, now + 0.03, 'following a different leader because i am not the healthiest node')
      }
    })
  }

  /** Its watch lives again: it names the leader, and streams. */
  freshView(member: string, t: number): this {
    this.each(t, member, (node) => {
      node.unlocked = false
      node.beat = t + 0.4
    })
    return this.stream(member, t)
  }

  /** The replica goes on naming this member as leader, whoever leads. */
  names(member: string, leader: string, t: number): this {
    return this.each(t, member, (node) => {
      node.view = leader
    })
  }

  /**
   * The DCS is away from `t` to `until`. `failsafe`: every member accepts the leader's calls, it stays; else it
   * demotes itself, and takes the lock back afterwards. `who`: whom it is away for.
   */
  dcsOutage(
    t: number,
    until: number,
    options: { failsafe?: boolean; who?: 'all' | 'leader' | 'replicas'; refused?: string } = {},
  ): this {
    const { failsafe = true, who = 'all', refused } = options
    this.at(t, () => {
      const leader = this.world.leader() as Node
      for (const node of this.world.nodes.values()) {
        if (who !== 'all' && (who === 'leader') !== (node === leader)) continue
        node.dcs = false
        node.beat = Math.max(node.beat, t) // the cycle under way fails first after its retries
        if (node !== leader) node.cycle = (now) => this.replicaWithoutDcs(node, now)
        else if (failsafe) leader.cycle = (now) => this.failsafeCycle(leader, now, refused)
        else leader.cycle = (now) => this.demoteForDcs(leader, now)
        if (node !== leader && failsafe && who === 'all')
          this.world.at(t + 5, () => Object.assign(node, { failsafe: true, unlocked: true }))
      }
    })
    return this.at(until, () => {
      for (const node of this.world.nodes.values()) {
        if (node.dcs) continue
        const leader = node.lock
        Object.assign(node, { dcs: true, cycle: null, unlocked: false })
        if (leader) node.failsafe = false
        else this.world.at(until + this.world.settings.ttl * 0.8, () => Object.assign(node, { failsafe: false }))
        if (leader && node.role !== 'primary' && node.role !== 'standby_leader') this.retakeLock(node, until + 1)
      }
    })
  }

  /** The leader goes into failsafe mode and its log ends there, as far as anybody reads it. */
  failsafeThenSilence(t: number): this {
    return this.dcsOutage(t, t + 100_000).at(t + 15, () => {
      const leader = this.world.leader() as Node
      Object.assign(leader, { logs: false, postgresLogs: false, metrics: false })
    })
  }

  private replicaWithoutDcs(node: Node, t: number): void {
    this.world.patroni(node, t, 'Error communicating with DCS', 'ERROR')
    this.world.patroni(node, t + 0.01, `${this.world.paused ? 'PAUSE: ' : ''}DCS is not accessible`)
  }

  private failsafeCycle(leader: Node, t: number, refused?: string): void {
    const { world } = this
    world.patroni(leader, t, 'Error communicating with DCS', 'ERROR')
    Object.assign(leader, { failsafe: true, unlocked: true })
    for (const peer of world.nodes.values()) {
      if (peer === leader || peer.listed === null) continue
      const url = `http://10.0.0.${peer.number}:8008/failsafe`
      if (peer.name !== refused) world.patroni(leader, t + 0.02, `Got response from ${peer.name} ${url}: Accepted`)
      else world.patroni(leader, t + 0.02, `Request failed to ${peer.name}: POST ${url} (timed out)`, 'WARNING')
    }
    if (refused === undefined)
      world.patroni(
        leader,
        t + 0.04,
        'continue to run as a leader because failsafe mode is enabled and all members are accessible',
      )
    else this.demoteForDcs(leader, t + 0.05)
  }

  private demoteForDcs(leader: Node, t: number): void {
    const { world } = this
    if (leader.role !== 'primary') {
      this.replicaWithoutDcs(leader, t)
      return
    }
    world.patroni(leader, t, 'Error communicating with DCS', 'ERROR')
    world.patroni(leader, t + 0.01, 'demoting self because DCS is not accessible and I was a leader')
    world.patroni(leader, t + 0.02, 'Demoting self (offline)')
    stopPostgres(world, leader, t + 0.03)
    world.at(t + 3, () => {
      becomeReplica(leader, null)
      startPostgres(world, leader, t + 3)
      world.patroni(leader, t + 3.2, 'demoted self because DCS is not accessible and I was a leader')
    })
  }

  private retakeLock(node: Node, t: number): void {
    const { world } = this
    world.patroni(node, t, 'promoted self to leader by acquiring session lock')
    promotePostgres(world, node, t)
    node.beat = t + 2
    for (const other of world.nodes.values())
      if (other !== node && other.conninfo !== node.name) follow(world, other, node, t + 1)
  }

  // ---- changes of the leader ----------------------------------------------------------------------------------

  /** patronictl switchover: asked for, accepted, done in 3 s. */
  switchover(to: string, t: number): this {
    return this.at(t, () => {
      const { world } = this
      const [old, next] = [world.leader() as Node, world.node(to)]
      world.patroni(old, t, `received switchover request with leader=${old.name} candidate=${to} scheduled_at=None`)
      world.patroni(
        old,
        t + 0.1,
        `Got response from ${to} http://10.0.0.${next.number}:8008/patroni: ${JSON.stringify(bodyOf(world, next, t))}`,
      )
      world.patroni(old, t + 0.2, `Lock owner: ${old.name}; I am ${old.name}`)
      world.patroni(old, t + 0.21, 'switchover: demoting myself')
      world.patroni(old, t + 0.21, 'Demoting self (graceful)')
      stopPostgres(world, old, t + 0.25)
      Object.assign(old, { lock: false, listed: 'stopped' })
      world.at(t + 1.5, () => {
        world.patroni(old, t + 1.4, 'Leader key released')
        world.patroni(old, t + 1.41, `Lock owner: ${to}; I am ${old.name}`)
        this.takeOver(old, next, t + 1.5)
      })
      world.at(t + 4, () => {
        old.listed = 'running'
        becomeReplica(old, to)
        startPostgres(world, old, t + 4)
      })
    })
  }

  /** A switchover that is asked for and refused: the request line stands in the log, the refusal does not. */
  switchoverRejected(t: number, candidate = 'pg-9'): this {
    return this.at(t, () => {
      const leader = this.world.leader() as Node
      this.world.patroni(
        leader,
        t,
        `received switchover request with leader=${leader.name} candidate=${candidate} scheduled_at=None`,
      )
    })
  }

  /** The leader's host dies at once: no line. After ttl the next one wins the race. */
  leaderDies(t: number, next: string): this {
    return this.at(t, () => {
      const { world } = this
      const old = world.leader() as Node
      Object.assign(old, { patroni: 'down', postgres: 'stopped', logs: false, postgresLogs: false, metrics: false })
      world.at(t + world.settings.ttl, () => {
        old.listed = null
        old.lock = false
        this.race(world.node(next), t + world.settings.ttl)
        this.takeOver(old, world.node(next), t + world.settings.ttl + 0.5)
      })
    })
  }

  /** The leader's host dies and nobody may follow: the others race each loop. */
  leaderDiesForGood(t: number): this {
    return this.at(t, () => {
      const { world } = this
      const old = world.leader() as Node
      Object.assign(old, { patroni: 'down', postgres: 'stopped', logs: false, postgresLogs: false, metrics: false })
      world.at(t + world.settings.ttl, () => {
        old.listed = null
        old.lock = false
        for (const node of world.nodes.values()) {
          if (node === old) continue
          Object.assign(node, { view: null, unlocked: true, cycle: (now: number) => this.loseRace(node, now) })
        }
      })
    })
  }

  /** After a long race somebody is promoted. */
  elect(next: string, t: number): this {
    return this.at(t, () => {
      const dead = [...this.world.nodes.values()].find((node) => node.patroni !== 'up') ?? this.world.node(next)
      this.takeOver(dead, this.world.node(next), t)
    })
  }

  /** One lost race: "not the healthiest node" within a second of an election, as in every clean one. */
  losesRace(member: string, t: number): this {
    return this.each(t, member, (node) => this.loseRace(node, t))
  }

  private loseRace(node: Node, t: number): void {
    this.world.patroni(node, t, 'My wal position exceeds maximum replication lag')
    this.world.patroni(node, t + 0.02, 'following a different leader because i am not the healthiest node')
  }

  private race(winner: Node, t: number): void {
    for (const node of this.world.nodes.values())
      if (node !== winner && node.patroni === 'up' && !node.lock && node.role === 'replica')
        this.world.patroni(node, t + 0.4, 'following a different leader because i am not the healthiest node')
  }

  private takeOver(old: Node, next: Node, t: number): void {
    const { world } = this
    old.lock = false
    world.patroni(next, t, 'promoted self to leader by acquiring session lock')
    promotePostgres(world, next, t)
    next.cycle = null
    next.beat = t + 1
    for (const node of world.nodes.values())
      if (node !== next && node.patroni === 'up' && node !== old) follow(world, node, next, t + 0.7)
  }

  /** The DCS answers no (409): the leader demotes itself; after `back` s the same member, or another, is promoted. */
  lockRefused(t: number, back: number, next?: string): this {
    return this.at(t, () => {
      const { world } = this
      const old = world.leader() as Node
      world.patroni(old, t, 'failed to update leader lock', 'ERROR')
      world.patroni(old, t + 0.01, 'Demoting self (immediate-nolock)')
      world.postgres(old, t + 0.05, 'received immediate shutdown request')
      old.postgres = 'stopped'
      old.lock = false
      old.cycle = () => {}
      world.at(t + 1, () => {
        becomeReplica(old, null)
        startPostgres(world, old, t + 1)
        world.patroni(old, t + 1.2, 'demoted self because failed to update leader lock in DCS')
      })
      world.at(t + back, () => {
        old.cycle = null
        const winner = next === undefined ? old : world.node(next)
        this.takeOver(old === winner ? newNode('', 0, null) : old, winner, t + back)
        if (winner !== old) follow(world, old, winner, t + back + 1)
      })
    })
  }

  /** Patroni of the leader freezes, its PostgreSQL runs on: after ttl another member is promoted. Two primaries. */
  twoPrimaries(t: number, next: string): this {
    return this.at(t, () => {
      const { world } = this
      const old = world.leader() as Node
      old.patroni = 'frozen'
      world.at(t + world.settings.ttl, () => {
        old.lock = false
        this.takeOver(old, world.node(next), t + world.settings.ttl)
      })
    })
  }

  /** The frozen leader wakes up and demotes itself. */
  wakesAndDemotes(member: string, t: number): this {
    return this.each(t, member, (node) => {
      const { world } = this
      const leader = world.leader() as Node
      node.patroni = 'up'
      node.beat = t + 12
      world.patroni(node, t, `Lock owner: ${leader.name}; I am ${node.name}`)
      world.patroni(node, t + 0.01, 'Demoting self (immediate-nolock)')
      world.patroni(node, t + 0.1, 'demoting self because I do not have the lock and I was a leader')
      world.postgres(node, t + 0.02, 'received immediate shutdown request')
      node.postgres = 'stopped'
      world.at(t + 5, () => {
        becomeReplica(node, leader.name)
        startPostgres(world, node, t + 5)
      })
    })
  }

  /** The leader alone loses the DCS from `t` to `until` and demotes itself two loops later; `next` is promoted after ttl. */
  dcsPartition(t: number, next: string, until: number): this {
    const { loopWait, ttl } = this.world.settings
    this.at(t, () => {
      const { world } = this
      const old = world.leader() as Node
      Object.assign(old, { dcs: false, cycle: (now: number) => this.replicaWithoutDcs(old, now) })
      world.at(t + 2 * loopWait, () => this.demoteForDcs(old, t + 2 * loopWait))
      world.at(t + ttl, () => this.takeOver(old, world.node(next), t + ttl))
    })
    return this.at(until, () => {
      for (const node of this.world.nodes.values()) if (!node.dcs) Object.assign(node, { dcs: true, cycle: null })
    })
  }

  /** The leader is cut off and demotes itself, but its PostgreSQL goes down only at `ends`; `next` is promoted after ttl. */
  demotesLate(t: number, next: string, ends: number): this {
    this.at(t, () => {
      const { world } = this
      const old = world.leader() as Node
      world.patroni(old, t, 'Error communicating with DCS', 'ERROR')
      world.patroni(old, t + 0.01, 'demoting self because DCS is not accessible and I was a leader')
      world.patroni(old, t + 0.02, 'Demoting self (offline)')
      world.postgres(old, t + 0.03, 'received fast shutdown request')
      Object.assign(old, { postgres: 'stopping', cycle: () => {} })
      world.at(t + world.settings.ttl, () => this.takeOver(old, world.node(next), t + world.settings.ttl))
      world.at(ends, () => {
        world.postgres(old, ends - 2, 'database system is shut down')
        becomeReplica(old, null)
        startPostgres(world, old, ends)
        world.patroni(old, ends + 0.5, 'demoted self because DCS is not accessible and I was a leader')
        old.retry = Number.POSITIVE_INFINITY
      })
      world.at(ends + 8, () => {
        old.cycle = null
        follow(world, old, world.node(next), ends + 8)
      })
    })
    return this.at(ends + 8, () => {})
  }

  /** The leader begins to demote and does not end: its lock is renewed all the time. */
  demotionHangs(t: number, until: number): this {
    this.at(t, () => {
      const { world } = this
      const leader = world.leader() as Node
      world.patroni(leader, t, 'switchover: demoting myself')
      world.patroni(leader, t, 'Demoting self (graceful)')
      world.postgres(leader, t + 0.05, 'received fast shutdown request')
      leader.postgres = 'stopping'
      leader.beat = t + world.settings.loopWait
      leader.cycle = (now) => {
        world.patroni(leader, now - 0.01, `Lock owner: ${leader.name}; I am ${leader.name}`)
        world.patroni(leader, now, 'switchover: demote in progress')
      }
    })
    return this.at(until, () => {
      const { world } = this
      const old = world.leader() as Node
      const next = [...world.nodes.values()].find((node) => node !== old) as Node
      world.postgres(old, until - 0.5, 'database system is shut down')
      old.postgres = 'stopped'
      world.patroni(old, until, 'Leader key released')
      old.cycle = null
      this.takeOver(old, next, until + 1)
      world.at(until + 4, () => {
        becomeReplica(old, next.name)
        startPostgres(world, old, until + 4)
      })
    })
  }

  // ---- work and trouble of one member -------------------------------------------------------------------------

  /** SIGTERM: PostgreSQL shuts down, Patroni writes nothing; a leader lets go and `next` takes over. */
  gracefulStop(member: string, t: number, next?: string): this {
    return this.each(t, member, (node) => {
      const { world } = this
      stopPostgres(world, node, t)
      const led = node.lock
      Object.assign(node, { patroni: 'down', postgres: 'stopped', listed: 'stopped', lock: false })
      world.at(t + world.settings.ttl, () => {
        if (node.patroni === 'down') node.listed = null
      })
      if (led && next !== undefined) world.at(t + 2, () => this.takeOver(node, world.node(next), t + 2))
    })
  }

  /** It starts again, as a replica, or as the primary if nobody leads. */
  start(member: string, t: number): this {
    return this.each(t, member, (node) => {
      const { world } = this
      const leader = world.leader()
      Object.assign(node, {
        patroni: 'up',
        listed: 'running',
        beat: t + 3,
        cycle: null,
        logs: true,
        postgresLogs: true,
        metrics: true,
      })
      if (leader !== undefined) {
        world.patroni(node, t, `Lock owner: ${leader.name}; I am ${node.name}`)
        world.patroni(node, t + 0.01, 'starting as a secondary')
        becomeReplica(node, leader.name)
      }
      startPostgres(world, node, t)
      if (leader === undefined) this.retakeLock(node, t + 2)
    })
  }

  /** The host of a replica dies at once. */
  dies(member: string, t: number): this {
    return this.each(t, member, (node) => {
      Object.assign(node, { patroni: 'down', postgres: 'stopped', logs: false, postgresLogs: false, metrics: false })
      this.world.at(t + this.world.settings.ttl, () => {
        node.listed = null
      })
    })
  }

  /** The node of a replica is cut off from everybody but the reader of its logs: no DCS, no WAL, no REST. */
  isolated(member: string, t: number, until: number): this {
    this.each(t, member, (node) => {
      Object.assign(node, { cut: true, metrics: false, dcs: false, beat: Math.max(node.beat, t) })
      node.cycle = (now) => this.replicaWithoutDcs(node, now)
      this.world.at(t + this.world.settings.ttl, () => Object.assign(node, { listed: null }))
    })
    return this.each(until, member, (node) => {
      Object.assign(node, { cut: false, metrics: true, dcs: true, cycle: null, listed: 'running' })
    })
  }

  /** The Patroni process of a member dies or freezes; its PostgreSQL goes on. */
  patroniDies(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.patroni = 'down'
    })
  }

  patroniReturns(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.patroni = 'up'
      node.beat = t
    })
  }

  /** patronictl restart: PostgreSQL is away for two seconds. */
  restart(member: string, t: number): this {
    return this.each(t, member, (node) => {
      const { world } = this
      stopPostgres(world, node, t)
      if (node.lock) world.patroni(node, t + 1, 'updated leader lock during restart')
      else world.patroni(node, t + 1, 'restart in progress')
      world.at(t + 2, () => startPostgres(world, node, t + 2))
    })
  }

  /** patronictl reinit: the data directory is removed and copied anew until `until`. */
  reinit(member: string, t: number, until: number): this {
    this.each(t, member, (node) => {
      const { world } = this
      world.patroni(node, t, 'Removing data directory: /home/postgres/pgdata/pgroot/data')
      world.postgres(node, t - 0.1, 'received immediate shutdown request')
      Object.assign(node, { postgres: 'creating replica', connected: false, refused: null, beat: t + 1 })
      node.cycle = (now) => world.patroni(node, now, 'reinitialize in progress')
    })
    return this.each(until, member, (node) => {
      const { world } = this
      const leader = world.leader() as Node
      world.patroni(node, until, 'replica has been created using basebackup')
      world.patroni(node, until + 0.01, `bootstrapped from leader '${leader.name}'`)
      node.received = leader.written
      node.replayed = leader.written
      node.timeline = leader.timeline
      node.cycle = null
      becomeReplica(node, leader.name)
      startPostgres(world, node, until + 0.5)
    })
  }

  /** pg_rewind of a replica, from `t` to `until`. */
  rewind(member: string, t: number, until: number): this {
    this.each(t, member, (node) => {
      const { world } = this
      const leader = world.leader() as Node
      stopPostgres(world, node, t)
      world.patroni(node, t + 0.5, `running pg_rewind from ${leader.name}`)
      node.cycle = (now) => world.patroni(node, now, `running pg_rewind from ${leader.name} in progress`)
    })
    return this.each(until, member, (node) => {
      const { world } = this
      const leader = world.leader() as Node
      world.patroni(node, until, 'pg_rewind exit code=0')
      node.cycle = null
      node.refused = null
      node.received = leader.written
      node.replayed = leader.written
      becomeReplica(node, leader.name)
      startPostgres(world, node, until + 0.5)
    })
  }

  /** A backend of PostgreSQL dies by a signal: crash recovery in place, back after `seconds`. */
  crash(member: string, t: number, seconds: number): this {
    return this.each(t, member, (node) => {
      const { world } = this
      world.postgres(node, t, 'server process (PID 4711) was terminated by signal 9: Killed')
      world.postgres(node, t + 0.01, 'terminating any other active server processes')
      world.postgres(node, t + 0.3, 'all server processes terminated; reinitializing')
      world.postgres(node, t + 0.35, 'database system was not properly shut down; automatic recovery in progress')
      node.postgres = 'crashed'
      world.at(t + seconds, () => {
        node.postgres = 'running'
        world.postgres(
          node,
          t + seconds,
          `database system is ready to accept ${node.role === 'primary' ? '' : 'read-only '}connections`,
        )
      })
    })
  }

  /** Patroni finds the leader's PostgreSQL down and cannot start it; it keeps the lock. */
  leaderWithoutPostgres(t: number): this {
    return this.at(t, () => {
      const { world } = this
      const leader = world.leader() as Node
      Object.assign(leader, { postgres: 'stopped', beat: t })
      leader.cycle = (now) => {
        world.patroni(leader, now, 'Postgresql is not running.', 'WARNING')
        world.patroni(leader, now + 0.01, `Lock owner: ${leader.name}; I am ${leader.name}`)
        world.patroni(leader, now + 0.02, 'pg_controldata:')
        world.patroni(leader, now + 0.03, 'starting as readonly because i had the session lock')
      }
    })
  }

  /** A member reports the identifier of another database: two clusters of one name. */
  otherDatabase(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.systemId = '7722222222222222222'
    })
  }

  /** The leader is elsewhere: `/patroni` of the member says so and nothing else. */
  lostFromList(member: string, t: number): this {
    return this.each(t, member, (node) => {
      node.listed = null
    })
  }

  // ---- maintenance --------------------------------------------------------------------------------------------

  pause(t: number): this {
    return this.at(t, () => {
      this.world.paused = true
    })
  }

  resume(t: number): this {
    return this.at(t, () => {
      this.world.paused = false
    })
  }

  /** A rolling update of the operator begins. */
  rollingUpdate(t: number): this {
    return this.at(t, () => this.world.operator(t, 'performing rolling update'))
  }

  /** The operator deletes the pod of a member, which is back at `until`; a leader's lock goes to `next`. */
  recreatePod(member: string, t: number, until: number, next?: string): this {
    const pod = `pod "default/${member}"`
    this.at(t, () => this.world.operator(t, `deleting ${pod}`))
    this.gracefulStop(member, t + 0.5, next).start(member, until)
    return this.at(until + 5, () => this.world.operator(until + 5, `${pod} has been recreated`))
  }

  // ---- what no verb covers ------------------------------------------------------------------------------------

  /** Patroni of the member writes this message. */
  says(member: string, t: number, message: string, level: 'INFO' | 'WARNING' | 'ERROR' = 'INFO'): this {
    return this.each(t, member, (node) => this.world.patroni(node, t, message, level))
  }

  /** PostgreSQL of the member writes this message. */
  postgresSays(member: string, t: number, message: string): this {
    return this.each(t, member, (node) => this.world.postgres(node, t, message))
  }

  /** Something that changes what is true, at a second. */
  changes(t: number, change: (world: World) => void): this {
    return this.at(t, () => change(this.world))
  }

  /** One more heartbeat of a member, now. */
  beats(member: string, t: number): this {
    return this.each(t, member, (node) => confirm(this.world, node, t))
  }

  private each(t: number, member: string | undefined, act: (node: Node) => void): this {
    return this.at(t, () => {
      for (const node of member === undefined ? this.world.nodes.values() : [this.world.node(member)]) act(node)
    })
  }

  private at(t: number, act: () => void): this {
    if (t < 10_000) this.ends = Math.max(this.ends, t)
    this.world.at(t, act)
    return this
  }

  /** Runs the world: all that was written and read, in the order it came. */
  records(): World['records'] {
    if (this.world.records.length === 0) {
      this.end = this.end > 0 ? this.end : this.ends + 300
      this.world.run(this.end)
    }
    return this.world.records
  }
}

function setConninfo(world: World, node: Node, leader: string | null, t: number): void {
  world.postgres(node, t, 'received SIGHUP, reloading configuration files')
  world.postgres(
    node,
    t + 0.001,
    `parameter "primary_conninfo" changed to "user=standby host=${leader} port=5432 application_name=${node.name}"`,
  )
  node.conninfo = leader
}

function stopPostgres(world: World, node: Node, t: number): void {
  world.postgres(node, t, 'received fast shutdown request')
  world.postgres(node, t + 0.01, 'aborting any active transactions')
  world.postgres(node, t + 0.15, 'shutting down')
  world.postgres(node, t + 0.2, 'database system is shut down')
  node.postgres = 'stopped'
  node.connected = false
}

function startPostgres(world: World, node: Node, t: number): void {
  world.postgres(node, t + 0.1, 'starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu')
  if (node.role === 'primary') world.postgres(node, t + 0.4, 'database system is ready to accept connections')
  else {
    world.postgres(node, t + 0.2, 'entering standby mode')
    world.postgres(node, t + 0.4, 'database system is ready to accept read-only connections')
  }
  Object.assign(node, { postgres: 'running', start: t, retry: t + 1 })
}

/** The member is no primary any more; what it has written is what it has received. */
function becomeReplica(node: Node, leader: string | null): void {
  if (node.role === 'primary') {
    node.received = node.written
    node.replayed = node.written
  }
  Object.assign(node, { role: 'replica', conninfo: leader, view: leader, connected: false })
}

function promotePostgres(world: World, node: Node, t: number): void {
  const timeline = Math.max(...[...world.nodes.values()].map((each) => each.timeline)) + 1
  world.postgres(node, t + 0.05, 'received promote request')
  world.postgres(node, t + 0.06, `selected new timeline ID: ${timeline}`)
  world.postgres(node, t + 0.1, 'archive recovery complete')
  world.postgres(node, t + 0.15, 'database system is ready to accept connections')
  node.written = Math.max(node.received, node.written)
  Object.assign(node, {
    role: 'primary',
    timeline,
    lock: true,
    view: node.name,
    conninfo: null,
    connected: false,
    unlocked: false,
    cycle: null,
    cut: false,
  })
}

/** The member is pointed at a new leader and streams from it on the new timeline. */
function follow(world: World, node: Node, leader: Node, t: number): void {
  node.view = leader.name
  node.unlocked = false
  node.cycle = null
  if (node.role === 'primary') return
  world.patroni(node, t - 0.1, `Lock owner: ${leader.name}; I am ${node.name}`)
  const cascades = node.tags.replicatefrom !== undefined && node.tags.replicatefrom !== leader.name
  if (!cascades) {
    setConninfo(world, node, leader.name, t)
    node.connected = false
    node.retry = t + 0.5
  }
}
