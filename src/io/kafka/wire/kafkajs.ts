import { createRequire } from 'node:module'
import type { KafkaConfig, Logger } from 'kafkajs'
import { written } from './address.ts'
import { type Address, frugalSockets } from './socket.ts'

/**
 * The inner parts of kafkajs that reading without a group needs, since its public interface has no assign(): connections
 * with their handshake, SASL and time limits, and requests that carry any encoding. The version is pinned (2.2.4, the last
 * of 2023); test/kafka runs every one of these against a broker.
 */
const require = createRequire(import.meta.url)

/** Builds the bytes of a request; `buffer` holds what was written. */
export interface Encoder {
  readonly buffer: Buffer
  writeInt8(value: number): Encoder
  writeBuffer(value: Buffer): Encoder
}

export interface Request {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  encode(): Promise<Encoder>
}

export interface Protocol<T> {
  readonly request: Request
  readonly response: { decode(raw: Buffer): Promise<T>; parse(decoded: T): Promise<T> }
  readonly requestTimeout?: number
  readonly logResponseError?: boolean
}

/** Puts together what a socket brings. */
interface Connection {
  chunks: Buffer[]
  readonly bytesBuffered: number
  processData(chunk: Buffer): void
}

export interface ConnectionPool {
  map(each: (connection: Connection) => void): void
  readonly host: string
  readonly port: number
  send<T>(protocol: Protocol<T>): Promise<T>
}

/** A broker with its two connections: one for fetches, one for everything else. */
export interface Broker {
  readonly connectionPool: ConnectionPool
  /** Highest version of each request that the broker speaks, by api key. */
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>
  isConnected(): boolean
  connect(): Promise<void>
  disconnect(): Promise<void>
  /** The request of the best version that kafkajs and the broker both speak. */
  lookupRequest(apiKey: number, definition: Definition): (fields: object) => Protocol<unknown>
  findGroupCoordinator(of: { groupId: string; coordinatorType: number }): Promise<{ coordinator: NodeAddress }>
  offsetFetch(of: { groupId: string; topics: readonly object[] }): Promise<{ responses: readonly CommittedTopic[] }>
}

interface Definition {
  readonly versions: readonly string[]
}

export interface NodeAddress {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export interface CommittedTopic {
  readonly topic: string
  readonly partitions: readonly {
    readonly partition: number
    readonly offset: string
    readonly metadata: string | null
    readonly errorCode: number
  }[]
}

interface PoolBuilder {
  build(address?: { host: string; port: number }): Promise<ConnectionPool>
}

export const API = { fetch: 1, listOffsets: 2, metadata: 3 } as const

const { requests } = require('kafkajs/src/protocol/requests') as { requests: Record<string, Definition> }
export const FETCH = requests.Fetch as Definition
export const LIST_OFFSETS = requests.ListOffsets as Definition

const EncoderClass = require('kafkajs/src/protocol/encoder') as new () => Encoder
const BrokerClass = require('kafkajs/src/broker') as new (options: object) => Broker
const poolBuilder = require('kafkajs/src/cluster/connectionPoolBuilder') as (options: object) => PoolBuilder
const librarySockets = require('kafkajs/src/network/socketFactory') as () => (address: Address) => unknown

/** Opens connections as the library does, also to addresses of IPv6. */
export const openSocket = written(librarySockets())

interface RequestQueue {
  /** Requests that wait for their turn. */
  readonly pending: readonly unknown[]
  /** Epoch ms; -1 while nothing holds requests back. */
  readonly throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

const { prototype: queue } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
/** A queue in which something waits for others to be answered is looked at so often, ms. */
const LOOK = 10

/**
 * The library looks at the queue of each connection every ms for ever, by timers that were due in 1970, of which Node warns.
 * A queue needs to be looked at while something waits in it; an answer that comes does so by itself.
 */
export function calmQueues(): void {
  queue.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
    const wait = this.throttledUntil - Date.now()
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null
        this.checkPendingRequests()
      },
      wait > 0 ? wait : LOOK,
    )
  }
}

const { createErrorFromCode } = require('kafkajs/src/protocol/error') as {
  createErrorFromCode(code: number): ProtocolError
}

export interface ProtocolError extends Error {
  readonly type: string
  readonly code: number
  readonly retriable: boolean
}

/** The error that a broker means by a number; `type` is its name in the Kafka protocol. */
export const protocolError = (code: number): ProtocolError => createErrorFromCode(code)

/** Bytes that are sent as they are. */
export const encoded = (bytes: Buffer): Encoder => new EncoderClass().writeBuffer(bytes)

/** Makes brokers that connect with the settings of a client. Without an address: the next one of the configured. */
export function brokerMaker(config: KafkaConfig, logger: Logger): (address?: NodeAddress) => Promise<Broker> {
  const builder = poolBuilder({
    ...config,
    socketFactory: written(frugalSockets(openSocket)),
    logger,
    maxInFlightRequests: null,
  })
  return async (address) => {
    const connectionPool = await builder.build(address)
    connectionPool.map(keepNoRest)
    const { authenticationTimeout } = config
    return new BrokerClass({ connectionPool, logger, authenticationTimeout, allowAutoTopicCreation: false })
  }
}

/** Mostly nothing is left behind an answer, but the library puts that before the next one, and so has to copy it. */
function keepNoRest(connection: Connection): void {
  const { processData } = connection
  connection.processData = (chunk) => {
    if (connection.bytesBuffered === 0) connection.chunks = []
    processData.call(connection, chunk)
  }
}
