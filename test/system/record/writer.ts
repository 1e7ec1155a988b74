import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Cluster, sql } from './cluster.ts'
import { BINARIES } from './patroni.ts'

/** A client that writes to whoever is primary, a burst each second. */
export type Writer = { rate(kilobytes: number): void; stop(): void }

/** `kilobytes` of WAL a second, roughly; 0 writes nothing. */
export function writer(cluster: Cluster, kilobytes: number): Writer {
  let rate = kilobytes
  let busy = false
  const timer = setInterval(() => {
    if (busy || rate === 0) return
    busy = true
    burst(cluster, rate).finally(() => {
      busy = false
    })
  }, 1000)
  return {
    rate: (next) => {
      rate = next
    },
    stop: () => clearInterval(timer),
  }
}

function burst({ members }: Cluster, rows: number): Promise<void> {
  const hosts = members.map(({ place }) => place.address).join(',')
  const target = `host=${hosts} user=postgres dbname=postgres connect_timeout=2 target_session_attrs=read-write`
  const text = `create table if not exists orders (id bigserial, note text);
    insert into orders (note) select repeat(md5(random()::text), 32) from generate_series(1, ${rows})`
  return new Promise((done) => {
    const client = spawn(join(BINARIES, 'psql'), ['-Xq', '-d', target, '-c', text], {
      stdio: 'ignore',
      timeout: 10_000,
    })
    client.on('error', () => done())
    client.on('close', () => done())
  })
}

/** Writes by a member's socket for as long as it takes, e.g. a query that holds back replay. */
export const hold = (member: Cluster['members'][number], text: string, seconds: number): Promise<string> =>
  sql(member, text, seconds * 1000)
