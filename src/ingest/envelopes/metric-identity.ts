import { type IdentityRules, qualified } from './identity.ts'
import type { MetricRow } from './metric-rows.ts'

/** Whose a row is; what is null the row does not say. */
export interface Measured {
  readonly member: string | null
  readonly cluster: string | null
}

const PODS = ['k8s.pod.name', 'pod', 'pod_name', 'kubernetes_pod_name'] as const
const SPACES = ['k8s.namespace.name', 'namespace', 'kubernetes_namespace'] as const
const TARGETS = ['url', 'instance', 'service.instance.id'] as const
const HOSTS = ['host', 'host.name', 'hostname'] as const

/**
 * Member of a row: Patroni's own label `name` (3.2.0 and later), the pod, else the scrape target; a target on the
 * scraper's own host stands for that host. Cluster: the label `scope`, within the namespace where it is told.
 */
export function measuredOf({ labels }: MetricRow, rules: IdentityRules): Measured {
  const host = targetOf(labels)
  const known = host === null ? undefined : rules.hosts.get(host)
  const member = labels.name ?? first(labels, PODS) ?? known?.member ?? host
  const { scope } = labels
  const cluster = scope === undefined ? (known?.cluster ?? null) : qualified(first(labels, SPACES), scope)
  return { member, cluster: known?.cluster ?? cluster }
}

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|::1)$/

function targetOf(labels: Readonly<Record<string, string>>): string | null {
  const target = hostOf(first(labels, TARGETS) ?? '')
  return target !== null && !LOOPBACK.test(target) ? target : first(labels, HOSTS)
}

/** Host of `http://10.0.0.12:8008/metrics`, `pg-1:8008`, `[::1]:8008`. */
function hostOf(target: string): string | null {
  const match = /^(?:[a-z]{1,10}:\/\/)?(?:\[([^\]]{1,64})\]|([^/:]{1,253}))/.exec(target)
  return match?.[1] ?? match?.[2] ?? null
}

function first(labels: Readonly<Record<string, string>>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = labels[key]
    if (found !== undefined && found !== '') return found
  }
  return null
}
