import { lsn, MIB } from '../node.ts'
import { setConninfo } from './postgres.ts'
import { Reading } from './reading.ts'

/** The load, and what becomes of WAL on its way to the replicas. */
export class Replication extends Reading {
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

  /** Replay runs at half the speed of the source from `t` to `until`, and catches up then. */
  replaysSlowly(member: string, t: number, until: number): this {
    for (let at = t; at < until; at++)
      this.each(at, member, (node) => {
        node.delay = (at - t) / 2
      })
    return this.each(until, member, (node) => {
      node.delay = 0
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
}
