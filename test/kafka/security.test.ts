import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka, KafkaOptions, SaslOptions } from '../../src/io/kafka/types.ts'
import { kafkaOptions } from '../../src/live/connect.ts'
import { type OwnBroker, ownBroker } from './broker.ts'
import { all, send, topicOf, until, values } from './help.ts'

/** TLS with a certificate of one's own, each SASL mechanism, sessions that must be renewed, and missing rights. */
const folder = mkdtempSync(join(tmpdir(), 'patrolog-keys-'))
const store = join(folder, 'broker.p12')
const run = promisify(execFile)
let broker: OwnBroker
let plain: Kafka

const MODULES = 'org.apache.kafka.common.security'
const OAUTH = `${MODULES}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`

before(async () => {
  makeKeys()
  broker = await ownBroker({
    format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=bob,password=bob-secret]`,
    ]),
    settings: {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:alice;User:bob',
    },
    listeners: {
      SASL: {
        protocol: 'SASL_PLAINTEXT',
        settings: {
          'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
          'plain.sasl.jaas.config': `${MODULES}.plain.PlainLoginModule required user_alice="alice-secret" user_carol="carol-secret";`,
          'plain.connections.max.reauth.ms': '2500',
          'scram-sha-256.sasl.jaas.config': `${MODULES}.scram.ScramLoginModule required;`,
          'scram-sha-512.sasl.jaas.config': `${MODULES}.scram.ScramLoginModule required;`,
          'oauthbearer.sasl.jaas.config': `${MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
          'oauthbearer.sasl.server.callback.handler.class': OAUTH,
        },
      },
      TLS: {
        protocol: 'SSL',
        settings: {
          'ssl.keystore.location': store,
          'ssl.keystore.type': 'PKCS12',
          'ssl.keystore.password': 'changeit',
        },
      },
      IPV6: { protocol: 'PLAINTEXT', host: '[::1]', settings: {} },
    },
  })
  plain = openKafka({ brokers: broker.brokers, clientId: 'security' })
})
after(async () => {
  await broker.dispose()
  rmSync(folder, { recursive: true })
})

/** A key and a certificate that signs itself, as the JDK makes them. */
function makeKeys(): void {
  const java = process.env.JAVA_HOME
  const keytool = java === undefined ? 'keytool' : join(java, 'bin/keytool')
  const common = ['-keystore', store, '-storepass', 'changeit', '-alias', 'broker']
  const kind = ['-storetype', 'PKCS12', '-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', 'CN=broker']
  execFileSync(keytool, ['-genkeypair', ...kind, '-ext', 'SAN=DNS:localhost,IP:127.0.0.1', ...common], {
    stdio: 'pipe',
  })
  execFileSync(keytool, ['-exportcert', '-rfc', '-file', join(dirname(store), 'ca.pem'), ...common], { stdio: 'pipe' })
}

function open(listener: 'SASL' | 'TLS' | 'IPV6', how: Pick<KafkaOptions, 'sasl' | 'tls'> = {}): Kafka {
  return openKafka({ brokers: [broker.listeners[listener] as string], clientId: 'security', ...how })
}

async function roundTrip(kafka: Kafka): Promise<void> {
  const topic = await topicOf(kafka)
  await send(kafka, topic, ['sent'])
  assert.deepEqual(await values(kafka, topic), ['sent'])
  const seen: string[] = []
  const onBatch = async ({ records }: { records: readonly { value: Buffer | null }[] }) => {
    seen.push(...records.map(({ value }) => String(value)))
  }
  const consumer = kafka.consumer({
    group: `g-${topic}`,
    topics: [topic],
    start: 'earliest',
    sessionTimeout: 6000,
    onBatch,
  })
  await until('the record', () => seen.length === 1)
  await consumer.close()
}

const coded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
function token(): string {
  const now = Math.floor(Date.now() / 1000)
  return `${coded({ alg: 'none' })}.${coded({ sub: 'alice', iat: now - 60, exp: now + 3600 })}.`
}

const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted
const alice: SaslOptions = { mechanism: 'plain', username: 'alice', password: 'alice-secret' }

describe('SASL', () => {
  const ways: readonly SaslOptions[] = [
    alice,
    { mechanism: 'scram-sha-256', username: 'bob', password: 'bob-secret' },
    { mechanism: 'scram-sha-512', username: 'bob', password: 'bob-secret' },
    { mechanism: 'oauthbearer', token: async () => token() },
  ]
  for (const sasl of ways)
    it(`${sasl.mechanism}: admin, producer, reader, group`, () => roundTrip(open('SASL', { sasl })))

  it('with a wrong password fails at once, naming no secret', async () => {
    const kafka = open('SASL', { sasl: { ...alice, password: 'wrong-secret' } })
    await assert.rejects(kafka.admin(), (error: Error) => {
      assert.doesNotMatch(String(error.stack), /wrong-secret/)
      return code('authentication')(error)
    })
    const producer = kafka.producer()
    await assert.rejects(
      producer.send([{ topic: 't', partition: 0, records: [{ value: 'x' }] }]),
      code('authentication'),
    )
    await producer.close()
  })

  it('goes on when the session is to be renewed', async () => {
    const kafka = open('SASL', { sasl: alice })
    const topic = await topicOf(kafka)
    const producer = kafka.producer()
    const seen: string[] = []
    const consumer = kafka.consumer({
      group: `g-${topic}`,
      topics: [topic],
      start: 'earliest',
      sessionTimeout: 6000,
      onBatch: async ({ records }) => {
        seen.push(...records.map(({ value }) => String(value)))
      },
    })
    await until('membership', () => consumer.health().healthy)
    const { crashes } = consumer.health()
    const end = Date.now() + 6000
    let sent = 0
    while (Date.now() < end) {
      await producer.send([{ topic, partition: 0, records: [{ value: `${sent++}` }] }])
      await until('the record', () => seen.length === sent)
    }
    assert.deepEqual([consumer.health().healthy, consumer.health().crashes], [true, crashes])
    await producer.close()
    await consumer.close()
  })
})

describe('TLS', () => {
  it('with its own certificate: admin, producer, reader, group', async () => {
    const ca = readFileSync(join(folder, 'ca.pem'), 'utf8')
    await roundTrip(open('TLS', { tls: { ca } }))
    await roundTrip(open('TLS', { tls: { ca, servername: 'localhost' } }))
  })

  it('with an unknown certificate is not trusted, and the reason told', async () => {
    await assert.rejects(open('TLS', { tls: {} }).admin({ deadline: 500 }), /self-signed certificate/)
  })
})

describe('an address of IPv6', () => {
  it('is reached as written, and as brokers tell it', () => roundTrip(open('IPV6')))
})

describe('a process that speaks to Kafka', () => {
  it('is warned of nothing', async () => {
    const program = `
      const { openKafka } = await import(${JSON.stringify(new URL('../../src/io/kafka/open.ts', import.meta.url))})
      const kafka = openKafka({ brokers: ${JSON.stringify(broker.brokers)}, clientId: 'quiet' })
      const admin = await kafka.admin()
      await admin.topics()
      await admin.close()`
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', program])
    assert.deepEqual([stdout, stderr], ['', ''])
  })
})

describe('settings of a configuration', () => {
  it('give a token that is read anew each time', async () => {
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, `${token()}\n`)
    const brokers = [broker.listeners.SASL as string]
    const options = await kafkaOptions({ brokers, sasl: { mechanism: 'oauthbearer', tokenFile } }, () => {})
    await roundTrip(openKafka(options))
    writeFileSync(tokenFile, 'no.token.')
    await assert.rejects(openKafka(options).admin(), code('authentication'))
  })
})

describe('missing rights', () => {
  const carol: SaslOptions = { mechanism: 'plain', username: 'carol', password: 'carol-secret' }

  it('to a topic: reading and sending fail, a group says so', async () => {
    const topic = await topicOf(plain)
    const kafka = open('SASL', { sasl: carol })
    await assert.rejects(all(kafka.read({ topic, partition: 0, from: 0, to: 'end' })), code('authorization'))
    const producer = kafka.producer()
    await assert.rejects(producer.send([{ topic, partition: 0, records: [{ value: 'x' }] }]), code('authorization'))
    await producer.close()
    const consumer = kafka.consumer({ group: 'g', topics: [topic], start: 'earliest', onBatch: async () => {} })
    await until('the reason', () => /not authorized for topic/.test(consumer.health().problem ?? ''))
    await consumer.close()
  })
})
