/** What is true of a make-believe cluster and of each of its members, in virtual time. */
import type { Value } from '../ingest/readings/exporter.ts'
import { formatLsn } from '../model/lsn.ts'
import type { Level, Program } from '../model/message.ts'

/** Second 0 of every story. */
export const EPOCH = Date.UTC(2026, 2, 4, 10, 0, 0)
export const MIB = 1_048_576
/** Size of a WAL segment, bytes. */
export const SEGMENT = 16 * MIB
/** The world moves in steps of half a second. */
export const STEP = 0.5

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
  postgres: 'running' | 'starting' | 'stopping' | 'stopped' | 'crashed' | 'start failed' | 'creating replica'
  /** What its Patroni reads as its state although PostgreSQL runs: `restarting` while a checkpoint comes before the shutdown. */
  state: string | null
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
  /** How far its clock is ahead, s; and when it saw the DCS last, s of the story. */
  clock: number
  dcsSeen: number
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

/** Seconds of the story as epoch ms. */
export function ms(t: number): number {
  return EPOCH + Math.round(t * 1000)
}

/** A position in bytes as PostgreSQL writes it. */
export function lsn(position: number): string {
  return formatLsn(BigInt(position))
}

/** A member before the story begins. */
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
    state: null,
    listed: 'running',
    logs: true,
    postgresLogs: true,
    metrics: true,
    answers: true,
    clock: 0,
    dcsSeen: 0,
    past: [],
  }
}
