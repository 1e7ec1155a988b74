import type { z } from 'zod'
import {
  byName,
  duration,
  file,
  flag,
  isPort,
  listOf,
  name,
  pattern,
  pause,
  port,
  section,
  some,
  someOf,
  text,
  value,
  zone,
} from '../form.ts'

/** How the brokers are reached. */
export interface KafkaSettings {
  readonly brokers: readonly string[]
  readonly clientId?: string
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly serverName?: string
  }
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer'
    readonly username?: string
    readonly password?: string
    readonly passwordFile?: string
    readonly token?: string
    readonly tokenFile?: string
  }
  readonly prefix?: string
  readonly createTopics?: boolean
  readonly replication?: number
  /** ms. */
  readonly sessionTimeout?: number
}

export type SourceFormat = 'auto' | 'raw' | 'json' | 'otlp_json' | 'otlp_proto' | 'msgpack' | 'remote_write'

/** Topics or files with lines, or with readings, of the same kind. */
export interface SourceSettings {
  /** Files, folders, globs, where there is no Kafka. */
  readonly files?: readonly string[]
  readonly topics?: readonly string[]
  readonly pattern?: RegExp
  readonly kind?: 'logs' | 'metrics'
  readonly format?: SourceFormat
  readonly timezone?: string
  readonly cluster?: string
  readonly member?: string
  readonly identity?: {
    readonly member: readonly string[]
    readonly cluster: readonly string[]
    readonly namespace: readonly string[]
    readonly labels: readonly string[]
  }
  readonly hosts: Readonly<Record<string, { readonly cluster?: string; readonly member?: string }>>
}

export type Role = 'ingest' | 'correlate' | 'notify'
export const ROLES: readonly Role[] = ['ingest', 'correlate', 'notify']

export interface LiveSettings {
  readonly roles?: readonly Role[]
  readonly http?: { readonly host?: string; readonly port?: number }
  readonly partitions?: number
  /** ms. */
  readonly backfill?: number
  /** ms. */
  readonly snapshotEvery?: number
  /** Folder of the state of a single host. */
  readonly state?: string
}

const oneOf = <T extends string>(choices: readonly T[], means: string) => {
  const all = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
  return value<T>(all, all, means, (given) => choices.find((choice) => choice === given))
}

/** What brokers take as the name of a topic. */
const topic = (means: string) =>
  value('a name of letters, digits, ., _ and -', 'name', means, (given) =>
    typeof given === 'string' && /^[\w.-]+$/.test(given) ? given : undefined,
  )

const tls = {
  ca: file('Certificates of the authorities trusted (PEM), instead of the system’s.').exactOptional(),
  cert: file('Our certificate (PEM), where the brokers ask for one.').exactOptional(),
  key: file('Its key (PEM).').exactOptional(),
  serverName: name('Name expected in the brokers’ certificates, where it is not that of the address.').exactOptional(),
}

const sasl = {
  mechanism: oneOf(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], 'How we prove who we are.'),
  username: name('Who we are; not for `oauthbearer`, whose token says it.').exactOptional(),
  password: text('The password. Better in a file.').exactOptional(),
  passwordFile: file('File that holds the password.').exactOptional(),
  token: text('The token of `oauthbearer`. Better in a file.').exactOptional(),
  tokenFile: file('File that holds the token, read anew for each connection and each renewal.').exactOptional(),
}

const kafka = {
  brokers: someOf(value('host:port or [IPv6]:port', 'list of host:port', 'Some of the brokers.', address), 'brokers'),
  clientId: name('Name we give ourselves; `patrolog` when not set.').exactOptional(),
  tls: section(tls).exactOptional(),
  sasl: section(sasl).superRefine(needsUser).exactOptional(),
  prefix: topic('What our own topics and groups begin with; `patrolog` when not set.').exactOptional(),
  createTopics: flag('Whether we make our own topics where they are missing; true when not set.').exactOptional(),
  replication: some('Copies of our own topics; the brokers’ default when not set.').exactOptional(),
  sessionTimeout: pause(
    'A process that says nothing for so long is taken for dead; 30 s when not set.',
  ).exactOptional(),
}

function address(given: unknown): string | undefined {
  const [, port] = typeof given === 'string' ? (/^(?:[^\s:[\]]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(given) ?? []) : []
  return port !== undefined && isPort(Number(port)) ? (given as string) : undefined
}

function needsUser(given: unknown, context: z.core.$RefinementCtx<unknown>): void {
  const { mechanism, username } = given as NonNullable<KafkaSettings['sasl']>
  if (mechanism === 'oauthbearer' ? username === undefined : username !== undefined) return
  const message =
    mechanism === 'oauthbearer' ? 'expected no username beside oauthbearer' : 'expected a username, got nothing'
  context.addIssue({ code: 'custom', message })
}

const identity = {
  member: listOf(name('Keys joined by dots, `header:NAME`, or `key`.')).default([]),
  cluster: listOf(name('The same.')).default([]),
  namespace: listOf(name('The same.')).default([]),
  labels: listOf(name('Keys of the label.')).default([]),
}

const host = {
  cluster: name('Its cluster.').exactOptional(),
  member: name('Its member; the host’s name when not set.').exactOptional(),
}

const source = {
  files: listOf(file('Files, folders, globs.')).exactOptional(),
  topics: listOf(topic('Topics.')).exactOptional(),
  pattern: pattern('Topics whose whole name matches, those made later as well.').exactOptional(),
  kind: oneOf(['logs', 'metrics'], 'What its records hold; `logs` when not set.').exactOptional(),
  format: oneOf(
    ['auto', 'raw', 'json', 'otlp_json', 'otlp_proto', 'msgpack', 'remote_write'],
    'How its records are written; found out when not set, but for `remote_write` of Prometheus.',
  ).exactOptional(),
  timezone: zone('Zone of lines that do not name theirs.').exactOptional(),
  cluster: name('Full name of the cluster of records that name none.').exactOptional(),
  member: name('Member of records that name none.').exactOptional(),
  identity: section(identity).exactOptional(),
  hosts: byName('hosts', section(host)).default({}),
}

const http = {
  host: name('Address listened on; 127.0.0.1 when not set.').exactOptional(),
  port: port('Port listened on; 8080 when not set, 0 for any.').exactOptional(),
}

const live = {
  roles: listOf(oneOf(ROLES, 'Work that this process takes on.')).exactOptional(),
  http: section(http).exactOptional(),
  partitions: some(
    'Partitions of the observations, fixed when they are made; when not set 32, without Kafka 1.',
  ).exactOptional(),
  backfill: duration('How far back reading starts the first time; 15 min when not set.').exactOptional(),
  snapshotEvery: pause('How often state is saved; 30 s when not set.').exactOptional(),
  state: file(
    'Folder that holds the state where there is no Kafka, relative to this file; `/var/lib/patrolog` when not set.',
  ).exactOptional(),
}

/** Sections `kafka`, `sources` and `live`. */
export const liveSections = () => ({
  kafka: section(kafka).exactOptional(),
  sources: listOf(section(source).superRefine(needsTopics)).exactOptional(),
  live: section(live).exactOptional(),
})

function needsTopics(given: unknown, context: z.core.$RefinementCtx<unknown>): void {
  const { topics, pattern, files } = given as SourceSettings
  const ofKafka = (topics ?? []).length > 0 || pattern !== undefined
  const ofHost = (files ?? []).length > 0
  if (ofKafka === ofHost)
    context.addIssue({
      code: 'custom',
      message: `expected either topics or a pattern, or files, got ${ofKafka ? 'both' : 'neither'}`,
    })
}

/**
 * Files and brokers never go together: how far a file was read is known on its host only, while any process takes over a
 * topic, and the same path on two hosts would pass for one input.
 */
export function filesOrBrokers(given: unknown, context: z.core.$RefinementCtx<unknown>): void {
  const { kafka, sources = [] } = given as { kafka?: KafkaSettings; sources?: readonly SourceSettings[] }
  if (kafka === undefined) return
  for (const [index, { files }] of sources.entries())
    if (files !== undefined) context.addIssue({ code: 'custom', path: ['sources', index, 'files'], message: SHIP_THEM })
}

const SHIP_THEM =
  'expected topics, since there is a section kafka: ship the files to a topic, or follow them by a service of their own'

/** For docs/config.md: the shapes of these sections, and what their parts mean. */
export const LIVE_SHAPES = {
  kafka,
  'kafka.tls': tls,
  'kafka.sasl': sasl,
  'sources[]': source,
  'sources[].identity': identity,
  'sources[].hosts.HOST': host,
  live,
  'live.http': http,
}
export const LIVE_SECTIONS = {
  brokers: 'Some of the brokers, `host:port`.',
  tls: 'TLS to the brokers; plain text when not set.',
  sasl: 'Authentication to the brokers.',
  files:
    'Files that are followed, folders of them, globs; relative to this file. Only where there is no `kafka`: ship them to a topic there, or follow them by a service of their own, with a state of its own.',
  topics: 'Topics, by name.',
  identity: 'Where a record names its writer, where that is not known of its shipper.',
  hosts: 'What hosts stand for.',
  member: 'Places that name the member: keys joined by dots, `header:NAME`, or `key`.',
  cluster: 'Places that name the cluster.',
  namespace: 'Places that name the namespace.',
  labels: 'Labels that name the cluster on Kubernetes, instead of those known.',
  roles: 'Work that this process takes on: `ingest`, `correlate`, `notify`; all of it when not set.',
  http: 'Where health and metrics are served.',
}
