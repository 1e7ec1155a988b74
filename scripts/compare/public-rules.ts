/**
 * Alerting rules for Patroni that public projects hand out, as facts: name, expression over Patroni's own metrics, how
 * long it must hold. What needs the series of an exporter is listed apart: the recordings have Patroni's only.
 */
export interface PublicRule {
  readonly name: string
  readonly from: string
  readonly expression: string
  /** ms. */
  readonly for: number
}

const HAS_NO_LEADER = '(max by (scope) (patroni_master) < 1) and (max by (scope) (patroni_standby_leader) < 1)'

export const PUBLIC_RULES: readonly PublicRule[] = [
  {
    name: 'PatroniHasNoLeader',
    from: 'samber/awesome-prometheus-alerts, Canonical',
    expression: HAS_NO_LEADER,
    for: 0,
  },
  { name: 'PatroniPostgresqlDown', from: 'Canonical', expression: 'patroni_postgres_running == 0', for: 0 },
  {
    name: 'PatroniClusterUnlocked',
    from: 'several guides (30 s to 5 min)',
    expression: 'patroni_cluster_unlocked == 1',
    for: 30_000,
  },
  {
    name: 'PatroniDcsMissing',
    from: 'bitte-cells (5 min)',
    expression: 'time() - patroni_dcs_last_seen > 300',
    for: 0,
  },
  {
    name: 'replica not streaming',
    from: 'users of Pigsty',
    expression: 'patroni_replica == 1 and on (instance) patroni_postgres_streaming == 0',
    for: 60_000,
  },
  {
    name: 'replay lag by commit time',
    from: 'several guides',
    expression:
      '(time() - (patroni_xlog_replayed_timestamp > 0)) * on (instance) group_left () (patroni_replica == 1) > 300',
    for: 0,
  },
]

export const NEED_AN_EXPORTER = [
  '`pg_replication_lag_seconds > 30` and its like (samber/awesome-prometheus-alerts, the mixin of postgres_exporter, pgMonitor, CloudNativePG): 0 whenever all that was received is replayed. `test/system/lag.test.ts` shows it stay 0 on a replica without `primary_conninfo` while its primary writes.',
  '`pg_stat_replication_pg_wal_lsn_diff > …` and counts of standbys: the series vanish with the connection, and a comparison with nothing is no alert.',
  '`pg_replication_slots_active == 0`: true while a member is restarted, too; says nothing without slots.',
]
