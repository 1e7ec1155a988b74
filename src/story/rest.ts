/** What a member's REST API answers when it is polled. */
import { ms, type Node, STEP, type World } from './node.ts'

/** The REST API, polled. */
export function answer(world: World, node: Node, t: number): void {
  const { sampling, views } = world.settings
  if (!node.metrics || (t - node.number * STEP) % sampling !== 0) return
  const time = ms(t + 0.11)
  if (node.dcs) node.dcsSeen = t
  if (node.patroni !== 'up' || !node.answers) {
    world.records.push({ time, member: node.name, path: '/patroni', error: 'ConnectionRefusedError' })
    return
  }
  world.records.push({ time, member: node.name, path: '/patroni', body: bodyOf(world, node, t) })
  if (views && node.dcs)
    world.records.push({ time: time + 7, member: node.name, path: '/cluster', body: viewOf(world, node) })
}

/** `GET /patroni` (api.py, get_postgresql_status). Flags are written only when true. */
export function bodyOf(world: World, node: Node, t: number): object {
  const { version, archive } = world.settings
  const old = Number.parseInt(version, 10) < 4
  const tells = atLeast(version, '3.0.4') // replication_state came with it
  const streams = node.connected && !node.tags.nostream
  const running = node.postgres === 'running'
  return {
    state: node.state ?? node.postgres,
    ...(running
      ? {
          postmaster_start_time: new Date(ms(node.start + node.clock))
            .toISOString()
            .replace('T', ' ')
            .replace('Z', '000+00:00'),
        }
      : {}),
    role:
      node.postgres === 'creating replica' ? 'uninitialized' : node.role === 'primary' && old ? 'master' : node.role,
    ...(running ? { server_version: 150018, xlog: positions(node, t), timeline: node.timeline } : {}),
    ...(running && node.role !== 'primary' && tells && streams ? { replication_state: 'streaming' } : {}),
    ...(running && node.role !== 'primary' && tells && !streams && (archive || node.tags.nostream)
      ? { replication_state: 'in archive recovery' }
      : {}),
    ...(node.unlocked ? { cluster_unlocked: true } : {}),
    ...(node.failsafe ? { failsafe_mode_is_active: true } : {}),
    ...(world.paused ? { pause: true } : {}),
    ...(Object.keys(node.tags).length > 0 ? { tags: node.tags } : {}),
    ...(atLeast(version, '2.1.0') ? { dcs_last_seen: Math.floor(ms(node.dcsSeen + node.clock) / 1000) } : {}),
    database_system_identifier: node.systemId,
    patroni: { version, scope: 'demo', name: node.name },
  }
}

function atLeast(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) >= 0
}

function positions(node: Node, t: number): object {
  if (node.role === 'primary') return { location: node.written }
  const replayedAt = ms(node.delay > 0 ? Math.max(0, t - node.delay) : t)
  return {
    received_location: node.received,
    replayed_location: node.replayed,
    replayed_timestamp: new Date(replayedAt).toISOString().replace('T', ' ').replace('Z', '000+00:00'),
    paused: node.replayPaused,
  }
}

function viewOf(world: World, node: Node): object {
  const members = [...world.nodes.values()].filter((each) => each.listed !== null)
  return {
    members: members.map((each) => ({
      name: each.name,
      role: each.name === node.view ? 'leader' : 'replica',
      state: each.listed === 'running' && each.role !== 'primary' ? 'streaming' : each.listed,
      timeline: each.timeline,
      ...(Object.keys(each.tags).length > 0 ? { tags: each.tags } : {}),
    })),
    scope: 'demo',
    ...(world.paused ? { pause: true } : {}),
  }
}
