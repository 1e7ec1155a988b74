import { readFile } from 'node:fs/promises'
import { UsageError } from '../config/problem.ts'
import type { KafkaSettings } from '../config/sections/live.ts'
import type { KafkaOptions, Log, SaslOptions, TlsOptions } from '../io/kafka/types.ts'
import { holdsCertificate } from '../model/tls.ts'

/** What the configuration says of the brokers, with the files it names read. Throws a UsageError that names the setting. */
export async function kafkaOptions(settings: KafkaSettings, log: Log): Promise<KafkaOptions> {
  const tls = settings.tls === undefined ? {} : { tls: await tlsOf(settings.tls) }
  const sasl = settings.sasl === undefined ? {} : { sasl: await saslOf(settings.sasl) }
  return { brokers: settings.brokers, clientId: settings.clientId ?? 'patrolog', log, ...tls, ...sasl }
}

async function tlsOf({ ca, cert, key, serverName }: NonNullable<KafkaSettings['tls']>): Promise<TlsOptions> {
  return {
    ...(ca === undefined ? {} : { ca: await authoritiesOf('kafka.tls.ca', ca) }),
    ...(cert === undefined ? {} : { cert: await fileOf('kafka.tls.cert', cert) }),
    ...(key === undefined ? {} : { key: await fileOf('kafka.tls.key', key) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}

async function saslOf(sasl: NonNullable<KafkaSettings['sasl']>): Promise<SaslOptions> {
  const { mechanism, username = '', passwordFile } = sasl
  if (mechanism === 'oauthbearer') return { mechanism, token: await tokenOf(sasl) }
  const written = passwordFile === undefined ? undefined : await fileOf('kafka.sasl.passwordFile', passwordFile)
  const password = written?.trim() ?? sasl.password ?? process.env.PATROLOG_KAFKA_PASSWORD
  if (password === undefined)
    throw new UsageError(['kafka.sasl: expected passwordFile, password, or PATROLOG_KAFKA_PASSWORD in the environment'])
  return { mechanism, username, password }
}

/** Asks for the token, again for each connection: whoever issues it renews the file. */
async function tokenOf({ token, tokenFile }: NonNullable<KafkaSettings['sasl']>): Promise<() => Promise<string>> {
  const read = async (): Promise<string | undefined> =>
    tokenFile === undefined
      ? (token ?? process.env.PATROLOG_KAFKA_TOKEN)
      : (await fileOf('kafka.sasl.tokenFile', tokenFile)).trim()
  if ((await read()) === undefined)
    throw new UsageError(['kafka.sasl: expected tokenFile, token, or PATROLOG_KAFKA_TOKEN in the environment'])
  return async () => (await read()) ?? ''
}

async function authoritiesOf(setting: string, name: string): Promise<string> {
  const pem = await fileOf(setting, name)
  if (!holdsCertificate(pem)) throw new UsageError([`${setting}: ${name}: expected certificates (PEM), got none`])
  return pem
}

async function fileOf(setting: string, name: string): Promise<string> {
  return readFile(name, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError([`${setting}: ${name} cannot be read: ${cause.code ?? cause.message}`], { cause })
  })
}
