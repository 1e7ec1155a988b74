import type { FacetName } from '../model/facet-names.ts'
import type { Measure, Progress } from '../model/measure.ts'
import {
  type Claim,
  type Cluster,
  HEARD_SLOTS,
  type Member,
  type MemberKind,
  moment,
  NEVER,
  type Timings,
} from '../model/state.ts'

/** What configuration says of a cluster before anything is read. */
export interface ClusterDefaults {
  readonly timings: Partial<Timings>
  readonly members: Readonly<Record<string, Partial<MemberKind>>>
}

/** Patroni's own defaults: 10/30/10 s and 1 MiB. */
const TIMINGS: Timings = {
  loopWait: 10_000,
  ttl: 30_000,
  retryTimeout: 10_000,
  maximumLagOnFailover: 1_048_576,
  primaryStartTimeout: 300_000,
  failsafeMode: null,
  synchronousMode: null,
  synchronousModeStrict: null,
  standbyCluster: null,
  forgetAfter: 24 * 3_600_000,
  source: 'defaults of Patroni',
}

/** A cluster of which nothing was heard yet. */
export function newCluster(name: string, defaults?: ClusterDefaults): Cluster {
  const configured = Object.keys(defaults?.timings ?? {}).some((name) => name !== 'forgetAfter')
  return {
    name,
    members: new Map(),
    timings: { ...TIMINGS, ...defaults?.timings, ...(configured ? { source: 'configuration' } : {}) },
    planned: [],
    leader: null,
    leaderChange: null,
    sync: null,
    heard: moment(),
    alerts: new Map(),
    changes: 0,
    dirty: false,
    expiry: Number.POSITIVE_INFINITY,
    deadline: Number.POSITIVE_INFINITY,
  }
}

export const FACETS: readonly FacetName[] = [
  'role',
  'lockView',
  'failsafe',
  'dcs',
  'upstream',
  'replication',
  'replay',
  'postgres',
  'patroni',
  'paused',
  'unlocked',
  'membership',
]

/** A member of which nothing was heard yet; every facet is unknown. */
export function newMember(cluster: Cluster, name: string, kind: Partial<MemberKind> = {}): Member {
  return {
    name,
    cluster,
    claim: Object.fromEntries(FACETS.map((facet) => [facet, unknownClaim()])) as Record<FacetName, Claim>,
    said: new Map(),
    heard: moment(),
    postgresHeard: { slots: new Float64Array(HEARD_SLOTS).fill(NEVER), first: Number.POSITIVE_INFINITY },
    firstSeen: NEVER,
    heartbeat: 0,
    missingUntil: NEVER,
    measure: newMeasure(),
    primary: {
      since: NEVER,
      proven: moment(),
      measuredSince: NEVER,
      ended: NEVER,
      before: NEVER,
      endedBy: '',
      lost: moment(),
      evidence: [],
    },
    streamed: { since: NEVER, at: NEVER, evidence: [] },
    kind: { archiveOnly: false, delayed: 0, replicatefrom: null, nofailover: false, nosync: false, ...kind },
    listed: undefined,
    unlistedSince: Number.NaN,
    tags: undefined,
    history: {
      comebacks: [],
      restarts: [],
      overruns: [],
      failedRounds: [],
      downSince: Number.NaN,
      rememberedAt: NEVER,
      unansweredSince: NEVER,
      forkedAt: NEVER,
      fork: null,
    },
    slots: new Map(),
    delivery: undefined,
    memo: {},
  }
}

function unknownClaim(): Claim {
  return { value: 'unknown', since: NEVER, at: NEVER, basis: 'expired', because: '', evidence: [] }
}

function newMeasure(): Measure {
  return {
    sampled: moment(),
    asked: moment(),
    placed: NEVER,
    spacing: 0,
    points: [],
    receive: newProgress(),
    replay: newProgress(),
    role: undefined,
    state: undefined,
    timeline: undefined,
    start: undefined,
    systemId: undefined,
    streaming: undefined,
    inArchiveRecovery: undefined,
    replayPaused: undefined,
    paused: undefined,
    failsafeActive: undefined,
    dcsLastSeen: undefined,
    clock: undefined,
    clusterUnlocked: undefined,
    standbys: undefined,
    slots: undefined,
    idleSlots: new Map(),
    version: undefined,
    failed: undefined,
  }
}

function newProgress(): Progress {
  return { lsn: undefined, since: NEVER, moved: moment(), movedBefore: NEVER, from: undefined }
}
