/** A record as shippers on Kubernetes write it: any source that finds its form out by itself understands it. */
export interface DrillRecord {
  readonly key: string
  readonly value: string
}

/** Namespace of the clusters of drills: whoever reads an alert of one knows that nothing has happened. */
const NAMESPACE = 'patrolog-drill'

export interface Drill {
  /** Full name of the cluster, no other drill's unless it was given. */
  readonly cluster: string
  /** What the alert is about, and its rule. */
  readonly rule: string
  readonly records: readonly DrillRecord[]
  /** Lines by which it is over, as of a time, epoch ms. */
  recovery(now: number): readonly DrillRecord[]
}

/**
 * A leader that confirms its lock and then loses it: one critical alert, decided at the next point of the grid, and after half
 * a minute another, since nobody takes writes. Both end when the same member leads again. `now`: epoch ms.
 */
export function drillIncident(now: number, scope = `drill-${Math.floor(now / 1000).toString(36)}`): Drill {
  const member = `${scope}-0`
  const record = (time: number, text: string): DrillRecord => ({
    key: member,
    value: JSON.stringify({
      log: `${new Date(time).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')} INFO: ${text}`,
      kubernetes: { namespace_name: NAMESPACE, pod_name: member, labels: { 'cluster-name': scope } },
    }),
  })
  const leads = `no action. I am (${member}), the leader with the lock`
  return {
    cluster: `${NAMESPACE}/${scope}`,
    rule: 'leader-lock-lost',
    records: [record(now - 1_000, leads), record(now, 'demoted self because failed to update leader lock in DCS')],
    recovery: (time) => [
      record(time - 1_000, 'promoted self to leader by acquiring session lock'),
      record(time - 500, leads),
      record(time, leads),
    ],
  }
}
