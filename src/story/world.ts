/**
 * A make-believe cluster in virtual time: what is true of each member, what its Patroni and PostgreSQL write while it
 * is so, and what its REST API answers. Stories change what is true; the lines follow from it. Texts are Patroni's and
 * PostgreSQL's own (Patroni 4.1, PostgreSQL 15).
 */
import type { Value } from '../ingest/readings/exporter.ts'
import type { Level, Program } from '../model/message.ts'

/** Second 0 of every story. */
export const EPOCH = Date.UTC(2026, 2, 4, 10, 0, 0)
export const MIB = 1_048_576
const SEGMENT = 16 * MIB
/** The world moves in steps of half a second. */
const STEP = 0.5
/** A replica that fell behind catches up so fast, bytes a second. */
const CATCH_UP = 64 * MIB

export type Record =
  | { time: number; member: string | null; program: Program; level: Level; text: string; message: string }
  | { time: number; member: string; path: '/patroni' | '/cluster' | '/config'; body?: object; error?: string }
  | { time: number; member: string; path: 'delivery'; offset: number; delay: number }
  | { time: number; member: string; path: 'exporter'; values: readonly Value[] }

/** What is true of one member. */
export interface Node {
  readonly name: string
  readonly number: number
  role: 'primary' | 'replica' | 'standby_leader'
  postgres: 'running' | 'starting' | 'stopping' | 'stopped' | 'crashed' | 'creating replica'
  /** Whether its Patroni process runs; `frozen`: it does, but does nothing. */
  patroni: 'up' | 'down' | 'frozen'
  readonly tags: { nofailover?: boolean; nosync?: boolean; nostream?: boolean; replicatefrom?: string }
  /** recovery_min_apply_delay, s. */
  delay: number
  timeline: number
  /** Start of its postmaster, s. */
  start: number
  systemId: string
  /** Positions, bytes. */
  written: number
  received: number
  replayed: number
  /** The member that primary_conninfo names. */
  conninfo: string | null
  connected: boolean
  /** Nothing arrives although the connection stands. */
  cut: boolean
  /** Nothing is replayed. */
  blocked: boolean
  replayPaused: boolean
  /** What it needs of the source's WAL is not there, in PostgreSQL's words. */
  refused: string | null
  /** Next try to connect, next heartbeat, s. */
  retry: number
  beat: number
  /** The leader in its view of the DCS. */
  view: string | null
  dcs: boolean
  failsafe: boolean
  unlocked: boolean
  lock: boolean
  /** What its HA loop does instead of the ordinary cycle. */
  cycle: ((t: number) => void) | null
  /** How `/cluster` of others shows it; null: not at all. */
  listed: string | null
  /** What reaches the reader. */
  logs: boolean
  postgresLogs: boolean
  metrics: boolean
  /** Whether its REST API answers while its Patroni goes on. */
  answers: boolean
  /** Positions at earlier times, for a delayed replay. */
  readonly past: { t: number; lsn: number }[]
}

export interface World {
  readonly nodes: Map<string, Node>
  readonly records: Record[]
  readonly settings: {
    loopWait: number
    ttl: number
    /** Distance of two readings, s. */
    sampling: number
    version: string
    archive: boolean
    /** Whether the members' `/cluster` is polled too. */
    views: boolean
    /** Lowest level that Patroni writes. */
    level: Level
    /** PostgreSQL's stamps have no fraction (`%t`). */
    wholeSeconds: boolean
  }
  /** WAL written a second. */
  rate: number
  paused: boolean
  node(name: string): Node
  leader(): Node | undefined
  /** Does something at second `t`. */
  at(t: number, act: () => void): void
  patroni(node: Node, t: number, message: string, level?: Level): void
  postgres(node: Node, t: number, message: string, level?: Level): void
  /** A line of the operator, of no member. */
  operator(t: number, message: string): void
  reading(node: Node, t: number, path: '/patroni' | '/cluster' | '/config', body: object): void
  /** Lets time pass until `t`. */
  run(until: number): void
}

export function ms(t: number): number {
  return EPOCH + Math.round(t * 1000)
}

export function lsn(position: number): string {
  return `${Math.floor(position / 2 ** 32)
    .toString(16)
    .toUpperCase()}/${(position % 2 ** 32).toString(16).toUpperCase()}`
}

export function newNode(name: string, number: number, leader: string | null): Node {
  const begin = 3 * SEGMENT
  return {
    name,
    number,
    role: leader === null ? 'primary' : 'replica',
    postgres: 'running',
    patroni: 'up',
    tags: {},
    delay: 0,
    timeline: 1,
    start: -3600 + number,
    systemId: '7711079758382894616',
    written: begin,
    received: begin,
    replayed: begin,
    conninfo: leader,
    connected: leader !== null,
    cut: false,
    blocked: false,
    replayPaused: false,
    refused: null,
    retry: 0,
    beat: number * 0.4,
    view: leader ?? name,
    dcs: true,
    failsafe: false,
    unlocked: false,
    lock: leader === null,
    cycle: null,
    listed: 'running',
    logs: true,
    postgresLogs: true,
    metrics: true,
    answers: true,
    past: [],
  }
}

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
    patroni(node, t, message, level = 'INFO') {
      if (!node.logs || (world.settings.level === 'WARNING' && level === 'INFO')) return
      const stamp = new Date(ms(t)).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')
      write(world, node, t, 'patroni', level, `${stamp} ${level}: `, message)
    },
    postgres(node, at, message, level = 'INFO') {
      if (!node.postgresLogs) return
      const t = world.settings.wholeSeconds ? Math.floor(at) : at
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
      const text = `time="${new Date(ms(t)).toISOString()}" level=info msg="${message}"`
      world.records.push({ time: ms(t), member: null, program: 'operator', level: 'INFO', text, message })
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

/** Positions. */
function flow(world: World, t: number): void {
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

/** What the archive holds: whole segments. */
function archived(world: World): number {
  const primary = [...world.nodes.values()].find((node) => node.role === 'primary')
  return Math.floor((primary?.written ?? 0) / SEGMENT) * SEGMENT
}

/** The WAL receiver: it connects where primary_conninfo points, and says so when it ends and begins. */
function connect(world: World, node: Node, t: number): void {
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

/** The HA loop: one summary line a cycle. */
function beat(world: World, node: Node, t: number): void {
  if (t < node.beat) return
  node.beat += world.settings.loopWait
  if (node.patroni !== 'up') return
  if (node.cycle !== null) node.cycle(t)
  else if (node.dcs) confirm(world, node, t)
}

export function confirm(world: World, node: Node, t: number): void {
  const pause = world.paused ? 'PAUSE: ' : ''
  if (node.lock && node.role === 'standby_leader')
    world.patroni(node, t, `${pause}no action. I am (${node.name}), the standby leader with the lock`)
  else if (node.lock) world.patroni(node, t, `${pause}no action. I am (${node.name}), the leader with the lock`)
  else if (node.view !== null && node.postgres === 'running')
    world.patroni(node, t, `${pause}no action. I am (${node.name}), a secondary, and following a leader (${node.view})`)
}

/** The REST API, polled. */
function answer(world: World, node: Node, t: number): void {
  const { sampling, views } = world.settings
  if (!node.metrics || (t - node.number * STEP) % sampling !== 0) return
  const time = ms(t + 0.11)
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
    state: node.postgres,
    ...(running
      ? { postmaster_start_time: new Date(ms(node.start)).toISOString().replace('T', ' ').replace('Z', '000+00:00') }
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
    dcs_last_seen: Math.floor(ms(node.dcs ? t : t - 30) / 1000),
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
