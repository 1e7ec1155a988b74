import type { Node } from '../node.ts'
import { Lock } from './lock.ts'
import { becomeReplica, startPostgres, stopPostgres } from './postgres.ts'

/** Members stop, start, die, are cut off. */
export class Lifetimes extends Lock {
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

  /** The hosts of all members die at once: nobody writes, nobody answers, and the DCS is not asked by anybody. */
  powerFails(t: number): this {
    return this.each(t, undefined, (node) => {
      Object.assign(node, { patroni: 'down', postgres: 'stopped', logs: false, postgresLogs: false, lock: false })
      this.world.at(t + this.world.settings.ttl, () => {
        if (node.patroni === 'down') node.listed = null
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

  /** patronictl restart: PostgreSQL is away for two seconds, after the checkpoint that Patroni asks for before, s. */
  restart(member: string, t: number, checkpoint = 0): this {
    const says = (node: Node, now: number) =>
      this.world.patroni(node, now, node.lock ? 'updated leader lock during restart' : 'restart in progress')
    if (checkpoint > 0)
      this.each(t, member, (node) => {
        Object.assign(node, { state: 'restarting', cycle: (now: number) => says(node, now) })
      })
    return this.each(t + checkpoint, member, (node) => {
      const { world } = this
      if (checkpoint > 0) Object.assign(node, { state: null, cycle: null })
      stopPostgres(world, node, t + checkpoint)
      says(node, t + checkpoint + 1)
      world.at(t + checkpoint + 2, () => startPostgres(world, node, t + checkpoint + 2))
    })
  }
}
