/**
 * A make-believe cluster in virtual time: what is true of each member, what its Patroni and PostgreSQL write while it
 * is so, and what its REST API answers. Stories change what is true; the lines follow from it. Texts are Patroni's and
 * PostgreSQL's own (Patroni 4.1, PostgreSQL 15).
 */
import type { Level, Program } from '../model/message.ts'
import { MIB, ms, type Node, STEP, type World } from './node.ts'
import { answer } from './rest.ts'
import { connect, flow } from './wal.ts'

export function newWorld(): World {
  const agenda: { t: number; act: () => void }[] = []
  const world: World = {
    nodes: new Map(),
    records: [],
    settings: {
      loopWait: 10,
      ttl: 30,
      sampling: 10,
      version: '4.1.4',
      archive: false,
      views: true,
      level: 'INFO',
      wholeSeconds: false,
    },
    rate: MIB,
    paused: false,
    node(name) {
      const node = world.nodes.get(name)
      if (node === undefined)
        throw new Error(`story: no member ${name}, expected one of ${[...world.nodes.keys()].join(', ')}`)
      return node
    },
    leader: () => [...world.nodes.values()].find((node) => node.lock),
    at(t, act) {
      agenda.push({ t, act })
      agenda.sort((a, b) => a.t - b.t)
    },
    patroni(node, at, message, level = 'INFO') {
      if (!node.logs || (world.settings.level === 'WARNING' && level === 'INFO')) return
      const t = at + node.clock
      const stamp = new Date(ms(t)).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')
      write(world, node, t, 'patroni', level, `${stamp} ${level}: `, message)
    },
    postgres(node, at, message, level = 'INFO') {
      if (!node.postgresLogs) return
      const own = at + node.clock
      const t = world.settings.wholeSeconds ? Math.floor(own) : own
      const stamp = new Date(ms(t)).toISOString().replace('T', ' ').replace('Z', ' UTC')
      write(
        world,
        node,
        t,
        'postgres',
        level,
        `${stamp} [${4000 + node.number}] ${level === 'INFO' ? 'LOG' : 'FATAL'}:  `,
        message,
      )
    },
    operator(t, message) {
      world.records.push({ time: ms(t), member: null, program: 'operator', level: 'INFO', text: message, message })
    },
    reading(node, t, path, body) {
      world.records.push({ time: ms(t), member: node.name, path, body })
    },
    run(until) {
      for (let t = 0; t <= until; t += STEP) {
        while (agenda[0] !== undefined && agenda[0].t <= t) agenda.shift()?.act()
        flow(world, t)
        for (const node of world.nodes.values()) {
          connect(world, node, t)
          beat(world, node, t)
          answer(world, node, t)
        }
      }
    },
  }
  return world
}

function write(
  world: World,
  node: Node,
  t: number,
  program: Program,
  level: Level,
  prefix: string,
  message: string,
): void {
  world.records.push({ time: ms(t), member: node.name, program, level, text: prefix + message, message })
}

/** The HA loop: one summary line a cycle. */
function beat(world: World, node: Node, t: number): void {
  if (t < node.beat) return
  node.beat += world.settings.loopWait
  if (node.patroni !== 'up') return
  if (node.cycle !== null) node.cycle(t)
  else if (node.dcs) confirm(world, node, t)
}

/** The summary line of an HA cycle in which nothing was to be done. */
export function confirm(world: World, node: Node, t: number): void {
  const pause = world.paused ? 'PAUSE: ' : ''
  if (node.lock && node.role === 'standby_leader')
    world.patroni(node, t, `${pause}no action. I am (${node.name}), the standby leader with the lock`)
  else if (node.lock) world.patroni(node, t, `${pause}no action. I am (${node.name}), the leader with the lock`)
  else if (node.view !== null && node.postgres === 'running')
    world.patroni(node, t, `${pause}no action. I am (${node.name}), a secondary, and following a leader (${node.view})`)
}
