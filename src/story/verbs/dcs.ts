import { bodyOf, type Node } from '../world.ts'
import { becomeReplica, follow, promotePostgres, startPostgres, stopPostgres } from './postgres.ts'
import { Replication } from './replication.ts'

/** What members see of the DCS: stale views, outages, failsafe mode. */
export class Dcs extends Replication {
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

  protected replicaWithoutDcs(node: Node, t: number): void {
    this.world.patroni(node, t, 'Error communicating with DCS', 'ERROR')
    this.world.patroni(node, t + 0.01, `${this.world.paused ? 'PAUSE: ' : ''}DCS is not accessible`)
  }

  protected failsafeCycle(leader: Node, t: number, refused?: string): void {
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

  protected demoteForDcs(leader: Node, t: number): void {
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

  protected retakeLock(node: Node, t: number): void {
    const { world } = this
    world.patroni(node, t, 'promoted self to leader by acquiring session lock')
    promotePostgres(world, node, t)
    node.beat = t + 2
    for (const other of world.nodes.values())
      if (other !== node && other.conninfo !== node.name) follow(world, other, node, t + 1)
  }
}
