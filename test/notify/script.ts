import type { AlertRecord } from '../../src/notifier/types.ts'
import { alertOf, SECOND } from './kit.ts'

/** Records of so many incidents, interleaved: each fires, gets graver company, and every other one ends. */
export function script(count: number): readonly AlertRecord[] {
  const time = Date.now()
  const clusters = Array.from({ length: count }, (_, number) => clusterOf(number))
  const warning = (cluster: string) => alertOf({ time, cluster, rule: 'failsafe-active', severity: 'warning' })
  const critical = (cluster: string) => alertOf({ time, cluster })
  const end = { status: 'resolved', time: time + SECOND, endsAt: time + SECOND, endReason: 'proof' } as const
  return [
    ...clusters.map((cluster) => ({ alert: warning(cluster), seq: 1 })),
    ...clusters.map((cluster) => ({ alert: critical(cluster), seq: 1 })),
    ...clusters.filter(ends).flatMap((cluster) => [
      { alert: { ...warning(cluster), ...end }, seq: 2 },
      { alert: { ...critical(cluster), ...end }, seq: 2 },
    ]),
  ]
}

export const clusterOf = (number: number): string => `kill/c${String(number).padStart(4, '0')}`

/** Whether the script ends the incident of the cluster. */
export function ends(cluster: string): boolean {
  return Number(cluster.slice(-1)) % 2 === 0
}
