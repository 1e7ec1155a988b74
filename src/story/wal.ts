/** How WAL comes about, travels and is replayed, and what PostgreSQL writes of it. */
import { lsn, MIB, type Node, SEGMENT, STEP, type World } from './node.ts'

/** A replica that fell behind catches up so fast, bytes a second. */
const CATCH_UP = 64 * MIB

/** Positions. */
export function flow(world: World, t: number): void {
  const before = new Map(
    [...world.nodes.values()].map((node) => [node.name, node.role === 'primary' ? node.written : node.received]),
  )
  for (const node of world.nodes.values()) {
    if (node.postgres !== 'running') continue
    if (node.role === 'primary') node.written += Math.round(world.rate * STEP)
    else receive(world, node, t, before)
  }
}

function receive(world: World, node: Node, t: number, before: ReadonlyMap<string, number>): void {
  const source = node.conninfo === null ? undefined : before.get(node.conninfo)
  const ahead = node.tags.nostream === true ? archived(world) : source
  const arrives = node.tags.nostream === true ? !node.cut : node.connected && !node.cut
  if (ahead !== undefined && arrives && ahead > node.received)
    node.received += Math.min(ahead - node.received, CATCH_UP * STEP)
  node.past.push({ t, lsn: node.received })
  while ((node.past[1]?.t ?? Number.POSITIVE_INFINITY) <= t - node.delay) node.past.shift()
  const due =
    node.delay === 0
      ? node.received
      : t - (node.past[0]?.t ?? t) >= node.delay
        ? (node.past[0]?.lsn ?? 0)
        : node.replayed
  if (!node.blocked && !node.replayPaused && due > node.replayed)
    node.replayed += Math.min(due - node.replayed, CATCH_UP * STEP)
}

/** What the archive holds: whole segments, of the primary that runs; who died as one is still called so. */
function archived(world: World): number {
  const primaries = [...world.nodes.values()].filter((node) => node.role === 'primary')
  const primary = primaries.find((node) => node.postgres === 'running') ?? primaries[0]
  return Math.floor((primary?.written ?? 0) / SEGMENT) * SEGMENT
}

/** The WAL receiver: it connects where primary_conninfo points, and says so when it ends and begins. */
export function connect(world: World, node: Node, t: number): void {
  if (node.role === 'primary' || node.tags.nostream === true || node.postgres !== 'running') return
  const source = node.conninfo === null ? undefined : world.nodes.get(node.conninfo)
  const serves = source !== undefined && source.postgres === 'running' && node.refused === null
  if (node.connected && !serves) disconnect(world, node, t)
  else if (!node.connected && t >= node.retry) {
    node.retry = t + 5
    if (serves) {
      node.connected = true
      world.postgres(
        node,
        t + 0.03,
        `started streaming WAL from primary at ${segment(node)} on timeline ${source.timeline}`,
      )
      node.timeline = source.timeline
    } else lacking(world, node, t)
  }
}

function disconnect(world: World, node: Node, t: number): void {
  node.connected = false
  node.retry = t + 5
  if (node.conninfo === null) {
    world.postgres(node, t + 0.02, 'WAL receiver process shutdown requested')
    world.postgres(node, t + 0.02, 'terminating walreceiver process due to administrator command', 'CRITICAL')
  } else if (node.refused !== null) lacking(world, node, t)
  else {
    world.postgres(node, t + 0.02, 'replication terminated by primary server')
    world.postgres(node, t + 0.03, `could not connect to the primary server: ${refusal(node)}`, 'CRITICAL')
  }
  world.postgres(node, t + 0.04, `waiting for WAL to become available at ${lsn(node.received + 24)}`)
}

function lacking(world: World, node: Node, t: number): void {
  if (node.refused !== null) {
    // Who is not let in does not get so far as to start streaming.
    if (!node.refused.startsWith('could not connect'))
      world.postgres(
        node,
        t + 0.01,
        `started streaming WAL from primary at ${segment(node)} on timeline ${node.timeline}`,
      )
    world.postgres(node, t + 0.02, node.refused, 'CRITICAL')
  } else if (node.conninfo !== null)
    world.postgres(node, t + 0.02, `could not connect to the primary server: ${refusal(node)}`, 'CRITICAL')
  world.postgres(node, t + 0.03, `waiting for WAL to become available at ${lsn(node.received + 24)}`)
}

function segment(node: Node): string {
  return lsn(Math.floor(node.received / SEGMENT) * SEGMENT)
}

function refusal(node: Node): string {
  return `connection to server at "10.0.0.${node.number}", port 5432 failed: Connection refused`
}
