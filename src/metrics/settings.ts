import type { AccessSettings, LabelSettings, PrometheusSettings } from '../config/sections/metrics.ts'
import type { LabelRule, TargetNaming } from '../ingest/readings/naming.ts'
import type { PrometheusAccess } from '../io/prometheus/client.ts'
import type { HttpAccess } from '../model/access.ts'

const TIMEOUT = 10_000

/** How to reach a server, as the configuration says it. */
export function accessOf(settings: AccessSettings): HttpAccess {
  return { ...settings, timeout: settings.timeout ?? TIMEOUT }
}

/** A Prometheus of the configuration: how to reach it, and whose readings its targets give. */
export function prometheusOf(settings: PrometheusSettings): { access: PrometheusAccess; naming: TargetNaming } {
  const { targets = {}, member, cluster, interval: _, ...access } = settings
  return {
    access: { ...access, ...accessOf(access) },
    naming: {
      targets: new Map(Object.entries(targets)),
      member: ruleOf(member),
      cluster: ruleOf(cluster),
    },
  }
}

function ruleOf(settings: LabelSettings | undefined): LabelRule | null {
  return settings ?? null
}
