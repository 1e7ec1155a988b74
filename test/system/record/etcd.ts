import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { until } from './host.ts'

/** An etcd of its own on `address`. */
export function startEtcd(address: string, folder: string): ChildProcess {
  const url = `http://${address}:2379`
  const peer = `http://${address}:2380`
  return spawn(
    'etcd',
    [
      ...['--name', 'etcd', '--data-dir', join(folder, 'etcd'), '--logger', 'zap'],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `etcd=${peer}`],
    ],
    { stdio: 'ignore' },
  )
}

/** @throws when the etcd does not answer within a minute. */
export function answers(address: string): Promise<void> {
  const health = () => fetch(`http://${address}:2379/health`, { signal: AbortSignal.timeout(1000) })
  return until('etcd answers', async () => (await health()).ok, 60)
}
