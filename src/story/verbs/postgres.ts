/** What the PostgreSQL of a member does when it is stopped, started, promoted or pointed elsewhere, and the lines it writes then. */
import type { Node, World } from '../node.ts'

/** PostgreSQL's lines when Patroni sets its upstream. */
export function setConninfo(world: World, node: Node, leader: string | null, t: number): void {
  world.postgres(node, t, 'received SIGHUP, reloading configuration files')
  world.postgres(
    node,
    t + 0.001,
    `parameter "primary_conninfo" changed to "user=standby host=${leader} port=5432 application_name=${node.name}"`,
  )
  node.conninfo = leader
}

/** A fast shutdown that goes well. */
export function stopPostgres(world: World, node: Node, t: number): void {
  world.postgres(node, t, 'received fast shutdown request')
  world.postgres(node, t + 0.01, 'aborting any active transactions')
  world.postgres(node, t + 0.15, 'shutting down')
  world.postgres(node, t + 0.2, 'database system is shut down')
  node.postgres = 'stopped'
  node.connected = false
}

/** A start, with the lines of what role it has. */
export function startPostgres(world: World, node: Node, t: number): void {
  world.postgres(node, t + 0.1, 'starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu')
  if (node.role === 'primary') world.postgres(node, t + 0.4, 'database system is ready to accept connections')
  else {
    world.postgres(node, t + 0.2, 'entering standby mode')
    world.postgres(node, t + 0.4, 'database system is ready to accept read-only connections')
  }
  Object.assign(node, { postgres: 'running', start: t, retry: t + 1 })
}

/** The member is no primary any more; what it has written is what it has received. */
export function becomeReplica(node: Node, leader: string | null): void {
  if (node.role === 'primary') {
    node.received = node.written
    node.replayed = node.written
  }
  Object.assign(node, { role: 'replica', conninfo: leader, view: leader, connected: false })
}

/** PostgreSQL's lines of a promotion. */
export function promotePostgres(world: World, node: Node, t: number): void {
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
export function follow(world: World, node: Node, leader: Node, t: number): void {
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
