import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../client.ts'
import { KafkaError } from '../types.ts'
import {
  API,
  type Broker,
  brokerMaker,
  LIST_OFFSETS,
  type NodeAddress,
  type Protocol,
  protocolError,
} from './kafkajs.ts'
import { METADATA_VERSION, type Metadata, metadataRequest } from './metadata.ts'

/** Times that stand for the ends of a log in the protocol. */
export const EARLIEST = -2
export const LATEST = -1

/** How long the answers to what is under way are waited for when closing, ms. */
const FAREWELL = 1000

/** Connections to the brokers of a cluster, each made when it is needed and made anew when it broke. */
export class Cluster {
  readonly #make: (address?: NodeAddress) => Promise<Broker>
  readonly #nodes = new Map<number, Connection>()
  #seed: Promise<Broker> | null = null
  #addresses: readonly NodeAddress[] = []

  constructor({ config, library }: Client) {
    this.#make = brokerMaker(config, library.logger())
  }

  /** Asks any broker; remembers where the brokers are. */
  async metadata(topics: readonly string[] | null): Promise<Metadata> {
    const broker = await this.any()
    if ((broker.versions[API.metadata]?.maxVersion ?? 0) < METADATA_VERSION) {
      throw new KafkaError('refused', `kafka at ${addressOf(broker)}: version 2.8 or later is needed`)
    }
    const metadata = await broker.connectionPool.send(metadataRequest(topics))
    this.#addresses = metadata.nodes
    return metadata
  }

  /** A broker that answers: one known by now, else the configured ones in turn. */
  async any(): Promise<Broker> {
    for (const { broker } of this.#nodes.values()) {
      const known = await broker.catch(() => null)
      if (known?.isConnected() === true) return known
    }
    const seed = await this.#seed?.catch(() => null)
    if (seed?.isConnected() === true) return seed
    this.#seed = this.#connect()
    return this.#seed
  }

  /** The broker of a number, which metadata told. */
  async node(nodeId: number): Promise<Broker> {
    const address = this.#addresses.find((known) => known.nodeId === nodeId)
    if (address === undefined) throw new KafkaError('unreachable', `kafka: broker ${nodeId} is in no metadata`)
    const held = this.#nodes.get(nodeId)
    const same = held !== undefined && held.address.host === address.host && held.address.port === address.port
    const connected = same ? await held.broker.catch(() => null) : null
    if (connected?.isConnected() === true) return connected
    const broker = this.#connect(address)
    this.#nodes.set(nodeId, { address, broker })
    return broker
  }

  /** First offset at a time or later, per partition asked of its leader; -1 where there is none. */
  async offsets(
    nodeId: number,
    topic: string,
    partitions: readonly number[],
    time: number,
  ): Promise<Map<number, number>> {
    const broker = await this.node(nodeId)
    const asked = [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp: time })) }]
    const send = broker.lookupRequest(API.listOffsets, LIST_OFFSETS)({ isolationLevel: 1, topics: asked })
    const { responses } = await broker.connectionPool.send(send as Protocol<OffsetsAnswer>)
    const found = responses.flatMap((each) => each.partitions)
    return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]))
  }

  /** What a group has committed for a topic: offset and the note kept with it. */
  async committed(group: string, topic: string, partitions: readonly number[]): Promise<Map<number, Committed>> {
    const asked = await this.any()
    const { coordinator } = await asked.findGroupCoordinator({ groupId: group, coordinatorType: 0 })
    this.#addresses = [...this.#addresses.filter(({ nodeId }) => nodeId !== coordinator.nodeId), coordinator]
    const broker = await this.node(coordinator.nodeId)
    const topics = [{ topic, partitions: partitions.map((partition) => ({ partition })) }]
    const { responses } = await broker.offsetFetch({ groupId: group, topics })
    const found = responses.flatMap((each) => each.partitions)
    const failed = found.find(({ errorCode }) => errorCode !== 0)
    if (failed !== undefined) throw protocolError(failed.errorCode)
    const held = found.filter(({ offset }) => Number(offset) >= 0)
    return new Map(
      held.map(({ partition, offset, metadata }) => [partition, { offset: Number(offset), note: metadata ?? '' }]),
    )
  }

  /** Waits a second for answers, then hangs up. */
  async close(): Promise<void> {
    const open = [
      ...[...this.#nodes.values()].map(({ broker }) => broker),
      ...(this.#seed === null ? [] : [this.#seed]),
    ]
    this.#nodes.clear()
    this.#seed = null
    const farewells = open.map((broker) => broker.then((known) => known.disconnect()).catch(() => {}))
    await Promise.race([Promise.all(farewells), sleep(FAREWELL, undefined, { ref: false })])
  }

  async #connect(address?: NodeAddress): Promise<Broker> {
    const broker = await this.#make(address)
    await broker.connect()
    return broker
  }
}

interface Connection {
  readonly address: NodeAddress
  readonly broker: Promise<Broker>
}

export interface Committed {
  readonly offset: number
  readonly note: string
}

interface OffsetsAnswer {
  readonly responses: readonly {
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
  }[]
}

const addressOf = ({ connectionPool: { host, port } }: Broker) => `${host}:${port}`
