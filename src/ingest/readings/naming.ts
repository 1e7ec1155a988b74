/** Labels of a series, without its name. */
export type Labels = Readonly<Record<string, string>>

/** How a name is read from a label: the label, what of it (a pattern with groups), and the name made of the groups. */
export interface LabelRule {
  readonly label: string
  /** Anchored at both ends; the whole value when left out. */
  readonly pattern?: RegExp
  /** `$1` stands for the first group. */
  readonly name?: string
}

/** Whose readings a scrape target gives, where its series do not say. */
export interface TargetNaming {
  /** Members by target: `instance` as scraped, or its host. */
  readonly targets: ReadonlyMap<string, string>
  readonly member: LabelRule | null
  /** Label rule for the full name of the cluster; null: what Patroni gives, the scope. */
  readonly cluster: LabelRule | null
}

export const NO_NAMING: TargetNaming = { targets: new Map(), member: null, cluster: null }

/**
 * The member a target stands for: `name` where Patroni writes it (3.2.0 and later), else by configuration, else the
 * pod, else the host that was scraped.
 */
export function memberOfTarget(labels: Labels, naming: TargetNaming): string | null {
  if (labels.name !== undefined) return labels.name
  const instance = labels.instance ?? ''
  const listed = naming.targets.get(instance) ?? naming.targets.get(hostOf(instance))
  if (listed !== undefined) return listed
  if (naming.member !== null) return byRule(labels, naming.member)
  return labels.pod ?? (instance === '' ? null : hostOf(instance))
}

/** The cluster a target belongs to; null when nothing says. */
export function clusterOfTarget(labels: Labels, naming: TargetNaming): string | null {
  if (naming.cluster !== null) return byRule(labels, naming.cluster)
  return labels.scope ?? null
}

/** Host of `host:port`, `[v6]:port`, or a URL. */
export function hostOf(instance: string): string {
  const authority = instance.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/s, '')
  return /^\[([^\]]*)\]/.exec(authority)?.[1] ?? authority.replace(/:\d+$/, '')
}

function byRule(labels: Labels, rule: LabelRule): string | null {
  const value = labels[rule.label]
  if (value === undefined || value === '') return null
  if (rule.pattern === undefined) return value
  const match = rule.pattern.exec(value)
  if (match === null) return null
  const name = (rule.name ?? '$1').replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '')
  return name === '' ? null : name
}
