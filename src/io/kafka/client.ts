import kafkajs, { type KafkaConfig, type Kafka as Library, type LogEntry } from 'kafkajs'
import { tlsReason } from '../../model/tls.ts'
import type { KafkaOptions, Log, SaslOptions, TlsOptions } from './types.ts'
import { seed } from './wire/address.ts'
import { registerCodecs } from './wire/codecs.ts'
import { calmQueues, openSocket } from './wire/kafkajs.ts'
import { oauthBearer } from './wire/oauth.ts'

/** The library with our settings, and the settings for the parts that stand beside it. */
export interface Client {
  readonly library: Library
  readonly config: KafkaConfig
  readonly log: Log
}

/**
 * How often the library repeats a request by itself. Not for long: it cannot be told to stop, and would hold the process
 * after everything was closed. Waiting for brokers that are away is done around it.
 */
const BRIEF = { initialRetryTime: 100, maxRetryTime: 2000, retries: 4 }
/** A session that the broker bounds is renewed a second before it ends; with the library's 10 s short ones never work. */
const REAUTHENTICATE_BEFORE = 1000

export function client(options: KafkaOptions): Client {
  registerCodecs()
  calmQueues()
  const log = options.log ?? (() => {})
  const config: KafkaConfig = {
    brokers: options.brokers.map(seed),
    socketFactory: openSocket as NonNullable<KafkaConfig['socketFactory']>,
    clientId: options.clientId,
    connectionTimeout: 10_000,
    authenticationTimeout: 10_000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    reauthenticationThreshold: REAUTHENTICATE_BEFORE,
    retry: BRIEF,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => passOn(entry, log),
  }
  if (options.tls !== undefined) config.ssl = tls(options.tls)
  if (options.sasl !== undefined) config.sasl = sasl(options.sasl)
  return { library: new kafkajs.Kafka(config), config, log }
}

function tls({ ca, ...rest }: TlsOptions): NonNullable<KafkaConfig['ssl']> {
  return ca === undefined ? { ...rest } : { ...rest, ca: [ca] }
}

function sasl(options: SaslOptions): NonNullable<KafkaConfig['sasl']> {
  // Its type wants the mechanism to be one literal.
  if (options.mechanism !== 'oauthbearer') return { ...options, mechanism: options.mechanism as 'plain' }
  return oauthBearer(options.token)
}

/** The library reports each retry as an error; only its words are kept, as they may quote no secret. */
function passOn({ namespace, level, log: { message, error, groupId } }: LogEntry, log: Log): void {
  const ours = level === kafkajs.logLevel.ERROR || level === kafkajs.logLevel.WARN ? 'warn' : 'debug'
  log(ours, 'kafka-client', { from: namespace, message: tlsReason(message), error, group: groupId })
}
