/** Colons of an IPv6 address are written as dashes before this ending where a colon would end a name. */
const LITERAL = '.ipv6-literal.net'

/**
 * An address as the library takes it: it cuts `host:port` at the first colon, so that of `[::1]:9092` nothing would be left.
 * `written` undoes it; the addresses that brokers tell of one another come in parts.
 */
export function seed(broker: string): string {
  const [, host, port] = /^\[([^\]]+)\]:(\d+)$/.exec(broker) ?? []
  return host === undefined ? broker : `${host.replaceAll(':', '-')}${LITERAL}:${port}`
}

/** Opens connections to hosts as they were configured. */
export function written<A extends { readonly host: string }, S>(open: (address: A) => S): (address: A) => S {
  return (address) => open({ ...address, host: hostOf(address.host) })
}

function hostOf(host: string): string {
  return host.endsWith(LITERAL) ? host.slice(0, -LITERAL.length).replaceAll('-', ':') : host
}
