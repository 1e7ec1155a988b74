import type { Node } from '../world.ts'
import { Lifetimes } from './lifetimes.ts'
import { becomeReplica, startPostgres, stopPostgres } from './postgres.ts'

/** Work on members, trouble of one, and what an operator does. */
export class Work extends Lifetimes {
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
}
