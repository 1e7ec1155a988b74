import { createServer } from 'node:net'

export interface Listener {
  readonly port: number
  /** Address it is bound to; 127.0.0.1 when absent. */
  readonly host?: string
  /** Lines of server.properties for this listener only, without their prefix. */
  readonly settings: Readonly<Record<string, string>>
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'
}

/**
 * server.properties of one node that is broker and controller. Sessions and rebalances are short, so that tests of failures
 * are; topics are made by the tests, never by a send.
 */
export function serverProperties(
  folder: string,
  controllerPort: number,
  listeners: Readonly<Record<string, Listener>>,
  settings: Readonly<Record<string, string>> = {},
): string {
  const each = (write: (name: string, listener: Listener) => string) =>
    Object.entries(listeners)
      .map(([name, listener]) => write(name, listener))
      .join(',')
  const lines: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${each((name, listener) => `${name}://${addressOf(listener)}`)},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': each((name, listener) => `${name}://${addressOf(listener)}`),
    'listener.security.protocol.map': `${each((name, { protocol }) => `${name}:${protocol}`)},CONTROLLER:PLAINTEXT`,
    'inter.broker.listener.name': 'PLAIN',
    'log.dirs': `${folder}/data`,
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'broker.session.timeout.ms': '1000',
    'broker.heartbeat.interval.ms': '200',
    'log.cleaner.dedupe.buffer.size': '8388608',
    'log.segment.delete.delay.ms': '500',
    'log.retention.check.interval.ms': '500',
    ...settings,
  }
  for (const [name, listener] of Object.entries(listeners)) {
    for (const [key, value] of Object.entries(listener.settings))
      lines[`listener.name.${name.toLowerCase()}.${key}`] = value
  }
  return `${Object.entries(lines)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`
}

export function addressOf({ host = '127.0.0.1', port }: Pick<Listener, 'host' | 'port'>): string {
  return `${host}:${port}`
}

/** Ports that nothing listens on now. They are told to the broker and stay its own over restarts. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening()))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listening() {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
