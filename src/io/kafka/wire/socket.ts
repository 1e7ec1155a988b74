import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { KafkaConfig } from 'kafkajs'

const KEEP_ALIVE = 60_000
/** Colons of an IPv6 address are written as dashes before this ending where a colon would end a name. */
const LITERAL = '.ipv6-literal.net'

/**
 * An address as the library takes it: it cuts `host:port` at the first colon, so that of `[::1]:9092` nothing would be left.
 * Connections undo it; the addresses that brokers tell of one another come in parts.
 */
export function seed(broker: string): string {
  const [, host, port] = /^\[([^\]]+)\]:(\d+)$/.exec(broker) ?? []
  return host === undefined ? broker : `${host.replaceAll(':', '-')}${LITERAL}:${port}`
}

function hostOf(host: string): string {
  return host.endsWith(LITERAL) ? host.slice(0, -LITERAL.length).replaceAll('-', ':') : host
}

/** Connects to a broker, by TLS where its options are given. */
export const sockets: NonNullable<KafkaConfig['socketFactory']> = ({ host: given, port, ssl, onConnect }) => {
  const host = hostOf(given)
  const socket: Socket =
    ssl === undefined || ssl === null
      ? connectPlain({ host, port }, onConnect)
      : connectTls(
          { host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...(ssl as ConnectionOptions) },
          onConnect,
        )
  return socket.setKeepAlive(true, KEEP_ALIVE)
}
