import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { until } from './host.ts'

/**
 * An etcd of its own on `address`.
 *
 * @throws when it does not answer within a minute.
 */
export async function startEtcd(address: string, folder: string): Promise<ChildProcess> {
  const url = `http://${address}:2379`
  const peer = `http://${address}:2380`
  const child = spawn(
    'etcd',
    [
      ...['--name', 'etcd', '--data-dir', join(folder, 'etcd'), '--logger', 'zap'],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `etcd=${peer}`],
    ],
    { stdio: 'ignore' },
  )
  await until('etcd answers', async () => (await fetch(`${url}/health`, { signal: AbortSignal.timeout(1000) })).ok, 60)
  return child
}
