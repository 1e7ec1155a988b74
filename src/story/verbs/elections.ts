import { bodyOf, type Node } from '../world.ts'
import { Dcs } from './dcs.ts'
import { becomeReplica, follow, promotePostgres, startPostgres, stopPostgres } from './postgres.ts'

/** Another member comes to lead: on request, or since the leader died. */
export class Elections extends Dcs {
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

  protected loseRace(node: Node, t: number): void {
    this.world.patroni(node, t, 'My wal position exceeds maximum replication lag')
    this.world.patroni(node, t + 0.02, 'following a different leader because i am not the healthiest node')
  }

  protected race(winner: Node, t: number): void {
    for (const node of this.world.nodes.values())
      if (node !== winner && node.patroni === 'up' && !node.lock && node.role === 'replica')
        this.world.patroni(node, t + 0.4, 'following a different leader because i am not the healthiest node')
  }

  protected takeOver(old: Node, next: Node, t: number): void {
    const { world } = this
    old.lock = false
    world.patroni(next, t, 'promoted self to leader by acquiring session lock')
    promotePostgres(world, next, t)
    next.cycle = null
    next.beat = t + 1
    for (const node of world.nodes.values())
      if (node !== next && node.patroni === 'up' && node !== old) follow(world, node, next, t + 0.7)
  }
}
