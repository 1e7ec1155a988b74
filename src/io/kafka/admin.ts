import type { Admin as LibraryAdmin } from 'kafkajs'
import kafkajs from 'kafkajs'
import { tlsReason } from '../../model/tls.ts'
import type { Client } from './client.ts'
import { leaderOf } from './cursor.ts'
import {
  type Admin,
  type AdminOptions,
  type Bounds,
  KafkaError,
  type Position,
  type TopicSpec,
  type TopicState,
} from './types.ts'
import { Cluster, EARLIEST, LATEST } from './wire/cluster.ts'
import { fatal, rootOf } from './wire/errors.ts'
import { type Metadata, topicIn } from './wire/metadata.ts'
import { pause, waited } from './wire/retry.ts'

const DEADLINE = 15_000

/** See `Kafka.admin`. */
export async function admin(client: Client, { deadline = DEADLINE }: AdminOptions = {}): Promise<Admin> {
  const cluster = new Cluster(client)
  const library = client.library.admin()
  try {
    await patiently(client, deadline, () => cluster.metadata([]))
    await library.connect()
  } catch (error) {
    await cluster.close()
    throw error
  }
  const metadata = (topics: readonly string[] | null) => patiently(client, deadline, () => cluster.metadata(topics))
  const settings = (topic: string) => settingsOf(library, topic)
  const describe = async (topic: string): Promise<TopicState | null> => {
    const found = topicIn(await metadata([topic]), topic)
    if (found === undefined) return null
    return { topic, epoch: found.epoch, partitions: found.leaders.length, settings: await settings(topic) }
  }
  const offsets = async (topic: string, time: number) => offsetsOf(cluster, await metadata([topic]), topic, time)
  return {
    describe,
    topics: async () =>
      [...(await metadata(null)).topics.values()]
        .filter(isPublic)
        .map(({ topic }) => topic)
        .sort(),
    ensure: (topics, create) => ensure(library, describe, topics, create),
    review: (topic, create) => review(library, describe, topic, create),
    bounds: async (topic) => bounds(await offsets(topic, EARLIEST), await offsets(topic, LATEST)),
    offsetsAt: async (topic, time) => {
      // Asked first: a record appended between the two questions must not be passed over.
      const ends = await offsets(topic, LATEST)
      return behind(await offsets(topic, Math.max(0, time)), ends)
    },
    committed: async (group, topic) => {
      const partitions = [...(topicIn(await metadata([topic]), topic)?.leaders.keys() ?? [])]
      const held = await patiently(client, deadline, () => cluster.committed(group, topic, partitions))
      return [...held].map(([partition, { offset }]) => ({ topic, partition, offset }))
    },
    addPartitions: async (topic, count) => {
      await library.createPartitions({ topicPartitions: [{ topic, count }] })
    },
    deleteTopic: async (topic) => library.deleteTopics({ topics: [topic] }),
    close: async () => {
      await library.disconnect()
      await cluster.close()
    },
  }
}

const isPublic = ({ internal, topic }: { internal: boolean; topic: string }) => !internal && !topic.startsWith('__')

async function patiently<T>({ config }: Client, deadline: number, attempt: () => Promise<T>): Promise<T> {
  const until = Date.now() + deadline
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const final = fatal(error)
      if (final !== null) throw final
      const { message } = error as Error
      if (Date.now() > until)
        throw new KafkaError('unreachable', `kafka at ${config.brokers}: ${reasonOf(message, config)}`, {
          cause: error,
        })
      await waited(pause(tries))
    }
  }
}

/** A broker that is spoken to in the clear, or without a name, where it expects otherwise, hangs up and does not say why. */
function reasonOf(message: string, { ssl, sasl }: Client['config']): string {
  if (message !== 'Closed connection') return tlsReason(message)
  const absent = [...(ssl === undefined ? ['tls'] : []), ...(sasl === undefined ? ['sasl'] : [])]
  return absent.length === 0 ? message : `${message}: does it expect ${absent.join(' or ')}?`
}

async function settingsOf(library: LibraryAdmin, topic: string): Promise<Record<string, string>> {
  const type = kafkajs.ConfigResourceTypes.TOPIC
  const { resources } = await library.describeConfigs({ includeSynonyms: false, resources: [{ type, name: topic }] })
  const entries = resources.flatMap(({ configEntries }) => configEntries)
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
}

async function offsetsOf(cluster: Cluster, metadata: Metadata, topic: string, time: number): Promise<Position[]> {
  const found = topicIn(metadata, topic)
  if (found === undefined) throw new KafkaError('unknown-topic', `kafka topic ${topic} does not exist`)
  const byLeader = Map.groupBy(found.leaders.keys(), (partition) => leaderOf(metadata, { topic, partition }) ?? -1)
  const answers = await Promise.all(
    [...byLeader].map(([leader, partitions]) => cluster.offsets(leader, topic, partitions, time)),
  )
  const all = answers.flatMap((answer) => [...answer].map(([partition, offset]) => ({ topic, partition, offset })))
  return all.sort((a, b) => a.partition - b.partition)
}

function bounds(lows: readonly Position[], highs: readonly Position[]): Bounds[] {
  return lows.map(({ topic, partition, offset }, at) => ({
    topic,
    partition,
    low: offset,
    high: highs[at]?.offset ?? offset,
  }))
}

/** A time after the last record has no offset of its own: it is the end. */
function behind(found: readonly Position[], ends: readonly Position[]): Position[] {
  return found.map((position, at) => (position.offset < 0 ? (ends[at] ?? position) : position))
}

type Describe = (topic: string) => Promise<TopicState | null>

async function ensure(library: LibraryAdmin, describe: Describe, topics: readonly TopicSpec[], create: boolean) {
  const problems: string[] = []
  for (const spec of topics) {
    let found = await describe(spec.topic)
    if (found === null && create) found = await made(library, describe, spec)
    problems.push(...problemsOf(spec, found))
  }
  if (problems.length > 0) throw new KafkaError('topics', problems.join('\n'))
}

async function review(library: LibraryAdmin, describe: Describe, spec: TopicSpec, create: boolean): Promise<boolean> {
  const found = await describe(spec.topic)
  if (found === null && create) {
    await order(library, spec, true)
    return false
  }
  const problems = problemsOf(spec, found)
  if (problems.length > 0) throw new KafkaError('topics', problems.join('\n'))
  return true
}

/** Asks for the topic. Throws with the brokers' own words on why it may not be made. */
async function order(library: LibraryAdmin, spec: TopicSpec, validateOnly: boolean): Promise<void> {
  try {
    await library.createTopics({ topics: [creation(spec)], validateOnly, waitForLeaders: false })
  } catch (error) {
    // The library gathers what is said of each topic.
    const { errors = [] } = error as { readonly errors?: readonly Error[] }
    const { message } = rootOf(errors[0] ?? error)
    throw (
      fatal(errors[0] ?? error) ??
      new KafkaError('topics', `kafka topic ${spec.topic} cannot be made: ${message}`, { cause: error })
    )
  }
}

/** Others may make it at the same time; brokers hear of it one after the other. */
async function made(library: LibraryAdmin, describe: Describe, spec: TopicSpec): Promise<TopicState | null> {
  await order(library, spec, false)
  const until = Date.now() + DEADLINE
  for (let tries = 0; ; tries++) {
    const found = await describe(spec.topic).catch(() => null)
    if (found !== null || Date.now() > until) return found
    await waited(pause(tries))
  }
}

function creation({ topic, partitions, replication, settings = {} }: TopicSpec) {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
  return { topic, numPartitions: partitions, replicationFactor: replication ?? -1, configEntries }
}

function problemsOf(spec: TopicSpec, found: TopicState | null): string[] {
  const { topic, partitions, settings = {} } = spec
  if (found === null) return [`kafka topic ${topic} does not exist; make it with\n  ${createCommand(spec)}`]
  const problems: string[] = []
  if (found.partitions !== partitions) {
    problems.push(
      `kafka topic ${topic} has ${found.partitions} partitions, expected ${partitions}; stop all workers, then make it anew with\n  ${deleteCommand(topic)}\n  ${createCommand(spec)}`,
    )
  }
  const policy = settings['cleanup.policy']
  if (policy !== undefined && found.settings['cleanup.policy'] !== policy) {
    const given = found.settings['cleanup.policy']
    problems.push(
      `kafka topic ${topic} has cleanup.policy ${given}, expected ${policy}; set it with\n  ${policyCommand(topic, policy)}`,
    )
  }
  return problems
}

const BOOTSTRAP = '--bootstrap-server "$BROKERS"'
const deleteCommand = (topic: string) => `kafka-topics.sh ${BOOTSTRAP} --delete --topic ${topic}`
const policyCommand = (topic: string, policy: string) =>
  `kafka-configs.sh ${BOOTSTRAP} --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=[${policy}]`

function createCommand({ topic, partitions, replication, settings = {} }: TopicSpec): string {
  const factor = replication === undefined ? '' : ` --replication-factor ${replication}`
  const configs = Object.entries(settings).map(([name, value]) => ` --config ${name}=${value}`)
  return `kafka-topics.sh ${BOOTSTRAP} --create --topic ${topic} --partitions ${partitions}${factor}${configs.join('')}`
}
