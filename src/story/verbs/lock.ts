import { type Node, newNode } from '../node.ts'
import { Elections } from './elections.ts'
import { becomeReplica, follow, startPostgres } from './postgres.ts'

/** A leader that is alive loses its lock. */
export class Lock extends Elections {
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
        world.patroni(leader, now, 'updated leader lock during switchover: demote')
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
}
