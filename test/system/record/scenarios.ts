import type { Scenario } from './scenario.ts'
import * as step from './steps.ts'

const QUIET = { mustNot: ['*'] }
const PLANNED = { 'leader-changed': 'info', 'member-lost': 'info', 'writes-rejected': 'info' } as const

/** Good days and planned work: nobody may be called. */
export const QUIET_DAYS: Record<string, Scenario> = {
  'rolling-restart': {
    title: 'rolling restart: replicas first, then a switchover, then the old leader',
    setup: { members: 3 },
    seconds: 130,
    steps: [
      [15, step.stop(2)],
      [25, step.start(2)],
      [45, step.stop(1)],
      [55, step.start(1)],
      [75, step.switchover(0, 1)],
      [90, step.stop(0)],
      [100, step.start(0)],
    ],
    expect: { ...QUIET, allowed: PLANNED },
  },
  'switchover-chain': {
    title: 'five switchovers in a row',
    setup: { members: 3 },
    seconds: 150,
    steps: [
      [15, step.switchover(0, 1)],
      [40, step.switchover(1, 2)],
      [65, step.switchover(2, 0)],
      [90, step.switchover(0, 2)],
      [115, step.switchover(2, 1)],
    ],
    expect: { ...QUIET, allowed: PLANNED },
  },
  reinit: {
    title: 'a replica is made anew on request',
    setup: { members: 3 },
    seconds: 90,
    steps: [[20, step.reinitialize(1)]],
    expect: { ...QUIET, allowed: PLANNED },
  },
  'pause-restarts': {
    title: 'the cluster is paused, PostgreSQL of each member restarted, Patroni of the leader too, then resumed',
    seconds: 150,
    steps: [
      [10, step.configure({ pause: true })],
      [25, step.restart(1)],
      [45, step.restart(0)],
      [65, step.stop(0)],
      [85, step.start(0)],
      [110, step.configure({ pause: null })],
    ],
    expect: { ...QUIET, allowed: PLANNED },
  },
  'synchronous-mode': {
    title: 'synchronous mode: the synchronous standby restarts, then a switchover to it',
    setup: { members: 3, dynamic: { synchronous_mode: true } },
    seconds: 120,
    steps: [
      [20, step.stop(1)],
      [35, step.start(1)],
      [70, step.switchover(0, 2)],
    ],
    expect: { ...QUIET, allowed: PLANNED },
  },
  idle: {
    title: 'nobody writes; archive_timeout 20 s',
    setup: { archive: true, parameters: { archive_timeout: '20s' } },
    write: 0,
    seconds: 150,
    steps: [],
    expect: QUIET,
  },
  'one-member': {
    title: 'one member alone, restarted, then stopped and started',
    setup: { members: 1 },
    seconds: 120,
    steps: [
      [20, step.restart(0)],
      [50, step.stop(0)],
      [65, step.start(0)],
    ],
    expect: { ...QUIET, allowed: PLANNED },
  },
  'two-namespaces': {
    title: 'two clusters of one scope in two namespaces; a switchover in one of them',
    setup: { namespace: 'blue' },
    beside: { namespace: 'green' },
    seconds: 80,
    steps: [[30, step.switchover(0, 1)]],
    expect: { ...QUIET, allowed: PLANNED },
  },
  'level-warning': {
    title: 'log level WARNING: a switchover, a restart',
    setup: { members: 3, level: 'WARNING' },
    seconds: 110,
    steps: [
      [20, step.switchover(0, 1)],
      [50, step.restart(2)],
      [70, step.stop(1)],
      [85, step.start(1)],
    ],
    expect: { ...QUIET, allowed: { ...PLANNED, 'rule-blind': 'info', 'logs-missing': 'info' } },
  },
  'logical-slots': {
    title: 'a permanent logical slot, copied to the replicas; a switchover',
    setup: {
      members: 3,
      parameters: { wal_level: 'logical' },
      dynamic: { slots: { orders: { type: 'logical', database: 'postgres', plugin: 'pgoutput' } } },
    },
    seconds: 100,
    steps: [[50, step.switchover(0, 1)]],
    expect: { ...QUIET, allowed: PLANNED },
  },
  cascading: {
    title: 'a cascading replica; its upstream is restarted, later stopped and started',
    setup: { members: 3, tags: { 2: { replicatefrom: 'acid-orders-1' } } },
    write: 500,
    seconds: 130,
    steps: [
      [20, step.restart(1)],
      [50, step.stop(1)],
      [80, step.start(1)],
    ],
    expect: { ...QUIET, allowed: PLANNED },
  },
  delayed: {
    title: 'a replica delayed by 40 s, restarted once',
    setup: { members: 3, delay: { 2: '40s' } },
    write: 4000,
    seconds: 160,
    steps: [[80, step.restart(2)]],
    expect: { ...QUIET, allowed: PLANNED },
  },
  'member-added': {
    title: 'a third member joins, then the second one is stopped for good',
    setup: { members: 3, later: [2] },
    seconds: 150,
    steps: [
      [20, step.start(2)],
      [70, step.stop(1)],
    ],
    expect: { ...QUIET, allowed: { ...PLANNED, 'logs-missing': 'info', 'metrics-missing': 'info' } },
  },
  'scheduled-switchover': {
    title: 'a switchover at a time set 30 s ahead, to a named candidate',
    setup: { members: 3 },
    seconds: 90,
    steps: [[15, step.scheduleSwitchover(0, 2, 30)]],
    expect: { ...QUIET, allowed: PLANNED },
  },
  tags: {
    title: 'a nofailover and a nosync member; a switchover, the nofailover member restarts',
    setup: { members: 3, tags: { 1: { nofailover: true }, 2: { nosync: true } } },
    seconds: 120,
    steps: [
      [20, step.switchover(0, 2)],
      [50, step.stop(1)],
      [75, step.start(1)],
    ],
    expect: { ...QUIET, allowed: PLANNED },
  },
  'synchronous-pair': {
    title: 'synchronous mode of two members: the only standby is stopped for 40 s',
    setup: { dynamic: { synchronous_mode: true } },
    seconds: 110,
    steps: [
      [20, step.stop(1)],
      [60, step.start(1)],
    ],
    expect: { ...QUIET, allowed: PLANNED },
  },
  'dcs-blip': {
    title: 'etcd hangs for 3 s, less than retry_timeout',
    setup: { members: 3 },
    seconds: 70,
    steps: [
      [20, step.hangDcs],
      [23, step.wakeDcs],
      [45, step.hangDcs],
      [48, step.wakeDcs],
    ],
    expect: QUIET,
  },
  'short-stall': {
    title: 'replication is cut for 9 s and heals itself',
    write: 1000,
    seconds: 80,
    steps: [
      [20, step.cutOff(1, 'replication')],
      [29, step.reconnect(1)],
    ],
    expect: QUIET,
  },
}

const noFailover = ['failover', 'two_primaries', 'no_primary']

/** Faults: what must be found. */
export const FAULTS: Record<string, Scenario> = {
  'crash-rejoin': {
    title: 'the leader dies; it is started again and rewound',
    setup: { members: 3 },
    seconds: 130,
    steps: [
      [20, step.crash(0)],
      [65, step.start(0)],
    ],
    expect: { mustNot: ['two_primaries', 'replica_stalled'], alerts: [{ alert: 'no_primary', after: 20, before: 60 }] },
  },
  'leader-isolated': {
    title: 'the node of the leader loses its network (no failsafe); it comes back',
    setup: { members: 3, failsafe: false },
    seconds: 150,
    steps: [
      [20, step.cutOff(0, 'all')],
      [85, step.reconnect(0)],
    ],
    expect: { mustNot: ['two_primaries', 'replica_stalled'] },
  },
  'leader-isolated-failsafe': {
    title: 'the node of the leader loses its network (failsafe on); it comes back',
    setup: { members: 3 },
    seconds: 150,
    steps: [
      [20, step.cutOff(0, 'all')],
      [85, step.reconnect(0)],
    ],
    expect: { mustNot: ['two_primaries', 'replica_stalled'] },
  },
  'replica-isolated': {
    title: 'the node of a replica loses its network; it comes back',
    setup: { members: 3 },
    write: 1000,
    seconds: 140,
    steps: [
      [20, step.cutOff(1, 'all')],
      [85, step.reconnect(1)],
    ],
    expect: { mustNot: noFailover },
  },
  'replica-peers-cut': {
    title: 'a replica reaches neither etcd nor its peers, its REST API answers',
    setup: { members: 3 },
    write: 1000,
    seconds: 140,
    steps: [
      [20, step.cutOff(1, 'peers')],
      [85, step.reconnect(1)],
    ],
    expect: { mustNot: noFailover, alerts: [{ alert: 'replica_stalled', after: 35, before: 85 }] },
  },
  'replication-stall': {
    title: 'replication is cut silently for 85 s',
    setup: { parameters: { wal_receiver_timeout: 0, wal_sender_timeout: 0 } },
    write: 1000,
    seconds: 150,
    steps: [
      [20, step.cutOff(1, 'replication')],
      [105, step.reconnect(1)],
    ],
    expect: { mustNot: noFailover, alerts: [{ alert: 'replica_stalled', after: 35, before: 80 }] },
  },
  'dcs-outage': {
    title: 'etcd hangs for 60 s, failsafe on',
    setup: { members: 3 },
    seconds: 130,
    steps: [
      [20, step.hangDcs],
      [80, step.wakeDcs],
    ],
    expect: { mustNot: [...noFailover, 'replica_stalled'] },
  },
  'dcs-outage-no-failsafe': {
    title: 'etcd hangs for 60 s, failsafe off',
    setup: { members: 3, failsafe: false },
    seconds: 130,
    steps: [
      [20, step.hangDcs],
      [80, step.wakeDcs],
    ],
    expect: { mustNot: ['two_primaries'], alerts: [{ alert: 'no_primary', after: 20, before: 80 }] },
  },
  'disk-full': {
    title: "the replica's disk fills, and is freed",
    setup: { smallDisk: { 1: 400 } },
    write: 1500,
    seconds: 170,
    steps: [
      [20, step.fillDisk(1)],
      [110, step.freeDisk(1)],
    ],
    expect: { mustNot: noFailover },
  },
  'disk-full-leader': {
    title: "the leader's disk fills, and is freed",
    setup: { smallDisk: { 0: 400 } },
    write: 1500,
    seconds: 150,
    steps: [
      [20, step.fillDisk(0)],
      [90, step.freeDisk(0)],
    ],
    expect: { mustNot: ['two_primaries'] },
  },
  'postgres-frozen': {
    title: "all processes of the replica's PostgreSQL are frozen for 70 s",
    write: 1000,
    seconds: 140,
    steps: [
      [20, step.freezePostgres(1)],
      [90, step.thawPostgres(1)],
    ],
    expect: { mustNot: noFailover },
  },
  'primary-frozen': {
    title: "all processes of the primary's PostgreSQL are frozen for 60 s",
    setup: { members: 3 },
    seconds: 140,
    steps: [
      [20, step.freezePostgres(0)],
      [80, step.thawPostgres(0)],
    ],
    expect: { mustNot: ['two_primaries'] },
  },
  'patroni-frozen': {
    title: 'Patroni of the leader is frozen for 45 s',
    setup: { members: 3 },
    write: 500,
    seconds: 130,
    steps: [
      [20, step.freezePatroni(0)],
      [65, step.thawPatroni(0)],
    ],
    expect: { mustNot: [], alerts: [{ alert: 'two_primaries', after: 30, before: 70 }] },
  },
  'patroni-killed': {
    title: 'Patroni of the leader is killed, its PostgreSQL goes on; Patroni is started again',
    setup: { members: 3 },
    write: 500,
    seconds: 140,
    steps: [
      [20, step.killPatroni(0)],
      [80, step.start(0)],
    ],
    expect: { mustNot: [], alerts: [{ alert: 'two_primaries', after: 30, before: 80 }] },
  },
  'replay-paused': {
    title: 'replay of a replica is paused by hand in a paused cluster',
    write: 1000,
    seconds: 150,
    steps: [
      [10, step.configure({ pause: true })],
      [20, step.query(1, 'select pg_wal_replay_pause()')],
      [110, step.query(1, 'select pg_wal_replay_resume()')],
    ],
    expect: { mustNot: noFailover, alerts: [{ alert: 'replica_stalled', after: 20, before: 100 }] },
  },
  'replica-patroni-killed': {
    title: 'Patroni of a replica is killed, its PostgreSQL goes on streaming',
    setup: { members: 3 },
    seconds: 120,
    steps: [
      [20, step.killPatroni(1)],
      [80, step.start(1)],
    ],
    expect: { mustNot: [...noFailover, 'replica_stalled'] },
  },
  'dcs-partition-leader': {
    title: 'the leader alone loses etcd (no failsafe)',
    setup: { members: 3, failsafe: false },
    seconds: 120,
    steps: [
      [20, step.cutOff(0, 'dcs')],
      [80, step.reconnect(0)],
    ],
    expect: { mustNot: ['two_primaries', 'replica_stalled'] },
  },
  'failsafe-leader-dies': {
    title: 'etcd hangs, failsafe on; the leader dies meanwhile, etcd comes back, the old leader later',
    setup: { members: 3 },
    seconds: 190,
    steps: [
      [20, step.hangDcs],
      [45, step.crash(0)],
      [85, step.wakeDcs],
      [130, step.start(0)],
    ],
    expect: { mustNot: ['two_primaries'], alerts: [{ alert: 'no_primary', after: 45, before: 85 }] },
  },
  'nobody-may-lead': {
    title: 'both replicas are tagged nofailover; the leader dies and comes back',
    setup: { members: 3, tags: { 1: { nofailover: true }, 2: { nofailover: true } } },
    seconds: 160,
    steps: [
      [20, step.crash(0)],
      [85, step.start(0)],
    ],
    expect: { mustNot: ['two_primaries', 'failover'], alerts: [{ alert: 'no_primary', after: 20, before: 80 }] },
  },
  'restart-fails': {
    title: 'the leader is restarted with more shared_buffers than there is memory: another one takes over',
    setup: { members: 3 },
    seconds: 170,
    steps: [
      [15, step.configure({ postgresql: { parameters: { shared_buffers: '900GB' } } })],
      [25, step.restart(0)],
      [90, step.configure({ postgresql: { parameters: { shared_buffers: '32MB' } } })],
    ],
    expect: { mustNot: ['two_primaries'] },
  },
  'synchronous-strict': {
    title: 'strict synchronous mode: both standbys die, one after the other, and come back',
    setup: { members: 3, dynamic: { synchronous_mode: true, synchronous_mode_strict: true } },
    seconds: 210,
    steps: [
      [20, step.crash(1)],
      [45, step.crash(2)],
      [125, step.start(1)],
      [135, step.start(2)],
    ],
    expect: { mustNot: noFailover },
  },
  'postgres-killed': {
    title: "the primary's postmaster is killed",
    setup: { members: 3 },
    seconds: 80,
    steps: [[20, step.killPostgres(0)]],
    expect: { mustNot: ['two_primaries', 'failover'] },
  },
}

export const SCENARIOS: Record<string, Scenario> = { ...QUIET_DAYS, ...FAULTS }
