import { isObject, type Json, object, text } from '../readings/json.ts'
import { podIn } from './exported.ts'

/**
 * How a writer was named: by the shipper's metadata, by a path, by its host, by what is known of the source (its configuration,
 * the path of a file that is followed), or only guessed from the pod's name.
 */
export type Basis = 'mapping' | 'metadata' | 'path' | 'pod name' | 'header' | 'host' | 'source' | 'none'

/** Whose lines these are, as far as the record says. Names are full: `namespace/scope`. */
export interface Identity {
  readonly member: string | null
  readonly cluster: string | null
  readonly basis: Basis
}

/** What a host stands for. */
export interface HostIdentity {
  readonly cluster: string | null
  readonly member: string | null
}

/**
 * How an operator steers identity. Paths are keys joined by dots (`kubernetes.labels.cluster-name`); `header:NAME` and
 * `key` name parts of the Kafka record. They come before what is known of the shippers.
 */
export interface IdentityRules {
  readonly member: readonly string[]
  readonly cluster: readonly string[]
  readonly namespace: readonly string[]
  /** Keys of the label that holds the cluster's name, the first found counts. */
  readonly labels: readonly string[]
  readonly hosts: ReadonlyMap<string, HostIdentity>
}

/** `cluster-name`: Patroni's and the Zalando operator's scope label; `version`: that of Spilo on its own. */
export const LABELS = ['cluster-name', 'cluster_name', 'postgres-operator.crunchydata.com/cluster', 'version'] as const

export const NO_RULES: IdentityRules = { member: [], cluster: [], namespace: [], labels: LABELS, hosts: new Map() }

export const NOBODY: Identity = { member: null, cluster: null, basis: 'none' }

/** Where shippers write the host, the likeliest first. */
const HOSTS = ['_HOSTNAME', '__HOSTNAME', 'HOST', 'hostname', 'host', 'host.name', '_sourcehost', 'Computer'] as const
/** Where log stores write what they keep lines by, which may be a host: its last part. */
const GROUPS = ['logStreamName', '@logStream', 'source'] as const
/** Where Google Cloud writes the name of a machine. */
const MACHINE = 'compute.googleapis.com/resource_name'
/** Where shippers write the path of the file. */
const PATHS = [
  'file',
  'filename',
  '_filename',
  'path',
  'FILE_NAME',
  'log.file.path',
  'logStreamName',
  '@logStream',
] as const

/** Member and cluster as a record's fields give them. On Kubernetes `host` is the node, never the member. */
export function identityOf(value: Json, rules: IdentityRules = NO_RULES): Identity {
  return mapped(value, known(value, rules), rules)
}

function known(value: Json, rules: IdentityRules): Identity {
  const kubernetes = object(value, 'kubernetes') ?? podIn(value)
  const pod = kubernetes === null ? null : podOf(kubernetes, rules)
  if (pod !== null) return pod
  const path = pathOf(value)
  const ofPath = path === null ? null : podOfPath(path)
  if (ofPath !== null) return ofPath
  const host = hostOf(value)
  return host === null ? NOBODY : hostIdentity(host, rules)
}

/** What the operator's paths find goes before everything else. */
function mapped(value: Json, found: Identity, rules: IdentityRules): Identity {
  if (rules.member.length + rules.cluster.length === 0) return found
  const member = firstAt(value, rules.member)
  const scope = firstAt(value, rules.cluster)
  if (member === null && scope === null) return found
  const cluster = scope === null ? found.cluster : qualified(firstAt(value, rules.namespace), scope)
  return { member: member ?? found.member, cluster, basis: 'mapping' }
}

/** The `kubernetes` object of Fluent Bit, Fluentd (`pod_name`), Vector (`pod_labels`) and Beats (`pod.name`). */
function podOf(kubernetes: Json, rules: IdentityRules): Identity | null {
  const member = text(kubernetes, 'pod_name') ?? text(object(kubernetes, 'pod') ?? {}, 'name')
  if (member === undefined) return null
  const space = firstText(kubernetes, ['namespace_name', 'pod_namespace', 'namespace'])
  const labels = object(kubernetes, 'labels') ?? object(kubernetes, 'pod_labels') ?? {}
  const scope = firstText(labels, rules.labels)
  return scope === null ? ofPod(space, member) : { member, cluster: qualified(space, scope), basis: 'metadata' }
}

/** A pod whose labels are not known belongs, at a guess, to the cluster its name begins with. */
export function ofPod(space: string | null, pod: string): Identity {
  const name = /^(.+)-\d+$/.exec(pod)?.[1]
  return { member: pod, cluster: name === undefined ? null : qualified(space, name), basis: 'pod name' }
}

export function hostIdentity(host: string, rules: IdentityRules): Identity {
  const known = rules.hosts.get(host)
  if (known === undefined) return { member: host, cluster: null, basis: 'host' }
  return { member: known.member ?? host, cluster: known.cluster, basis: 'mapping' }
}

function hostOf(value: Json): string | null {
  const direct = firstText(value, HOSTS)
  if (direct !== null) return direct
  const within = text(object(value, 'host') ?? {}, 'name') ?? text(object(value, 'tags') ?? {}, 'host')
  const machine = within ?? text(object(value, 'labels') ?? {}, MACHINE)
  return machine ?? firstText(value, GROUPS)?.split('/').at(-1) ?? null
}

/** The file the line was read from. */
export function pathOf(value: Json): string | null {
  const file = object(object(value, 'log') ?? {}, 'file')
  const tags = object(value, 'tags') ?? {}
  return firstText(value, PATHS) ?? text(file ?? {}, 'path') ?? text(tags, 'path') ?? null
}

export function qualified(space: string | null, scope: string): string {
  return space === null || space === '' ? scope : `${space}/${scope}`
}

const POD_FOLDER = /\/pods\/([^/_]{1,253})_([^/_]{1,253})_[^/]{1,64}\//
const CONTAINER_FILE = /[/.]containers[/.]([^/_]{1,253})_([^/_]{1,253})_[^/]{1,253}\.log$/

/** The pod that the kubelet's names of log files tell; the cluster is a guess. */
export function podOfPath(path: string): Identity | null {
  const folder = POD_FOLDER.exec(path)
  if (folder !== null) return ofPod(folder[1] as string, folder[2] as string)
  const file = CONTAINER_FILE.exec(path)
  return file === null ? null : ofPod(file[2] as string, file[1] as string)
}

function firstAt(value: Json, paths: readonly string[]): string | null {
  for (const path of paths) {
    const found = textAt(value, path)
    if (found !== null) return found
  }
  return null
}

/** The text at a path. A key may hold dots itself, as labels do: the longest key that is there is taken. */
function textAt(value: unknown, path: string): string | null {
  if (!isObject(value)) return null
  if (Object.hasOwn(value, path)) {
    const found = value[path]
    return typeof found === 'string' && found !== '' ? found : null
  }
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const key = path.slice(0, dot)
    if (Object.hasOwn(value, key)) return textAt(value[key], path.slice(dot + 1))
  }
  return null
}

export function firstText(value: Json, keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = text(value, key)
    if (found !== undefined) return found
  }
  return null
}
