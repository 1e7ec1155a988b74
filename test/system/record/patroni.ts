import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { attempt, run } from './host.ts'

export const BINARIES = '/usr/lib/postgresql/15/bin'

/** What a run asks of its cluster; the times are short so that a run is. */
export type Setup = {
  version: string
  members: number
  scope: string
  namespace: string
  failsafe: boolean
  level: 'INFO' | 'WARNING'
  /** Of the DCS configuration, over the defaults. */
  dynamic: Record<string, unknown>
  /** `postgresql.parameters` over the defaults. */
  parameters: Record<string, unknown>
  /** Tags by number of member. */
  tags: Record<number, Record<string, unknown>>
  /** recovery_min_apply_delay by number of member. */
  delay: Record<number, string>
  /** Members that a step starts, not the begin. */
  later: readonly number[]
  /** Members whose data lie on a file system of this many MB. */
  smallDisk: Record<number, number>
  archive: boolean
}

export const DEFAULTS: Setup = {
  version: '4.1.4',
  members: 2,
  scope: 'acid-orders',
  namespace: 'service',
  failsafe: true,
  level: 'INFO',
  dynamic: {},
  parameters: {},
  tags: {},
  delay: {},
  later: [],
  smallDisk: {},
  archive: false,
}

/** Instead of a version: the Patroni that Debian installed. */
export const DEBIAN = 'debian'

/**
 * The program `patroni` of a version, installed into a virtual environment of its own under `cache` when it is not there.
 *
 * @throws with pip's words when the version cannot be had.
 */
export async function installed(version: string, cache: string): Promise<string> {
  if (version === DEBIAN) return '/usr/bin/patroni'
  const folder = join(cache, version)
  const program = join(folder, 'bin', 'patroni')
  if (
    await access(program).then(
      () => true,
      () => false,
    )
  )
    return program
  await run('/usr/bin/python3', ['-m', 'venv', folder])
  const packages = [`patroni[etcd3]==${version}`, 'psycopg2-binary', 'setuptools<80']
  await run(join(folder, 'bin', 'pip'), ['--quiet', 'install', ...packages], 600_000)
  await attempt('chmod', ['-R', 'a+rX', cache])
  return program
}

/** Patroni's configuration of one member (JSON, which is YAML). `folder` is the member's own, `archive` the cluster's. */
export function configuration(setup: Setup, number: number, address: string, dcs: string, folder: string): string {
  const archive = join(folder, '..', 'archive')
  return JSON.stringify({
    scope: setup.scope,
    namespace: `/${setup.namespace}/`,
    name: memberName(setup, number),
    log: { level: setup.level },
    restapi: { listen: `${address}:8008`, connect_address: `${address}:8008` },
    etcd3: { host: `${dcs}:2379` },
    bootstrap: {
      dcs: dynamic(setup, archive),
      initdb: [{ encoding: 'UTF8' }, 'data-checksums', { locale: 'C.UTF-8' }],
    },
    postgresql: postgresql(setup, number, address, folder, archive),
    watchdog: { mode: 'off' },
    tags: setup.tags[number] ?? {},
  })
}

export const memberName = ({ scope }: Pick<Setup, 'scope'>, number: number): string => `${scope}-${number}`

function dynamic(setup: Setup, archive: string): Record<string, unknown> {
  const archiving = { archive_mode: 'on', archive_command: `test -f ${archive}/%f || cp %p ${archive}/%f` }
  return {
    ttl: 20,
    loop_wait: 5,
    retry_timeout: 5,
    maximum_lag_on_failover: 1_048_576,
    ...(setup.failsafe ? { failsafe_mode: true } : {}),
    ...setup.dynamic,
    postgresql: {
      use_pg_rewind: true,
      use_slots: true,
      parameters: {
        shared_buffers: '32MB',
        fsync: 'off',
        wal_keep_size: '16MB',
        ...(setup.archive ? archiving : {}),
        ...setup.parameters,
      },
    },
  }
}

function postgresql(
  setup: Setup,
  number: number,
  address: string,
  folder: string,
  archive: string,
): Record<string, unknown> {
  const delay = setup.delay[number]
  const recovery = {
    ...(setup.archive ? { restore_command: `cp ${archive}/%f %p` } : {}),
    ...(delay === undefined ? {} : { recovery_min_apply_delay: delay }),
  }
  return {
    listen: '0.0.0.0:5432',
    connect_address: `${address}:5432`,
    data_dir: join(folder, 'disk', 'data'),
    bin_dir: BINARIES,
    pgpass: join(folder, 'pgpass'),
    authentication: {
      superuser: { username: 'postgres', password: 'recorded' },
      replication: { username: 'standby', password: 'recorded' },
      rewind: { username: 'postgres', password: 'recorded' },
    },
    pg_hba: ['local all all trust', 'host all all all trust', 'host replication all all trust'],
    parameters: { unix_socket_directories: folder },
    basebackup: [{ checkpoint: 'fast' }],
    ...(Object.keys(recovery).length > 0 ? { recovery_conf: recovery } : {}),
  }
}
