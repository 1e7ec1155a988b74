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

const NO_LEADER = '(max by (scope) (patroni_master) < 1) and (max by (scope) (patroni_standby_leader) < 1)'

export const PUBLIC_RULES: readonly PublicRule[] = [
  {
    name: 'PatroniHasNoLeader',
    from: 'samber/awesome-prometheus-alerts (by now with `patroni_primary`), Canonical postgresql-k8s-operator',
    expression: NO_LEADER,
    for: 0,
  },
  {
    name: 'PatroniNoLeader',
    from: 'CrunchyData/pgmonitor, there by `cluster`',
    expression: NO_LEADER,
    for: 60_000,
  },
  {
    name: 'PatroniPostgresqlDown',
    from: 'Canonical postgresql-k8s-operator',
    expression: 'patroni_postgres_running == 0',
    for: 0,
  },
  {
    name: 'PatroniPGIsRunning',
    from: 'CrunchyData/pgmonitor',
    expression: 'patroni_postgres_running != 1',
    for: 60_000,
  },
  {
    name: 'PatroniClusterUnlocked',
    from: 'guides (30 s to 1 min)',
    expression: 'patroni_cluster_unlocked == 1',
    for: 30_000,
  },
  {
    name: 'PatroniFailSafeActive',
    from: 'pgsty/pigsty, there without `by (scope)`',
    expression: 'sum by (scope) (patroni_failsafe_mode_is_active) > 0',
    for: 0,
  },
  {
    name: 'PatroniDCSLastSeen',
    from: 'CrunchyData/pgmonitor',
    expression: '(time() - patroni_dcs_last_seen) > 300',
    for: 60_000,
  },
  {
    name: 'replica not streaming',
    from: 'a user of Pigsty, there as a count',
    expression: 'patroni_replica == 1 and on (instance) patroni_postgres_streaming == 0',
    for: 60_000,
  },
  {
    name: 'replay lag by commit time',
    from: 'dashboards show it; no published rule was found',
    expression:
      '(time() - (patroni_xlog_replayed_timestamp > 0)) * on (instance) group_left () (patroni_replica == 1) > 300',
    for: 0,
  },
]

export const NEED_AN_EXPORTER = [
  '`pg_replication_lag_seconds > 5` (samber/awesome-prometheus-alerts), `(pg_replication_lag > 3600) and on (…) (pg_replication_is_replica == 1)` (mixin of postgres_exporter), `cnpg_pg_replication_lag > 300` for 1 min (CloudNativePG): 0 whenever all that was received is replayed. `test/system/lag.test.ts` shows it stay 0 on a replica without `primary_conninfo` while its primary writes.',
  '`ccp_replication_lag_size_bytes > 5.24288e+07` (CrunchyData/pgmonitor), `changes(pg_downstream_count{state="streaming"}[5m]) > 0` (pgsty/pigsty): rows of `pg_stat_replication`, which vanish with the connection; the first says nothing then, the second says so once, after any restart too.',
  '`pg:ins:lag_bytes > 1048576 or pg:ins:lag_seconds > 1` (pgsty/pigsty): by positions of two members, and louder than planned work.',
  '`cnpg_pg_replication_in_recovery > cnpg_pg_replication_is_wal_receiver_up` for 1 min (CloudNativePG): a replica without a WAL receiver; Patroni tells the same by `patroni_postgres_streaming`, see above. A connection that stands and brings nothing is not seen.',
  '`pg_replication_slots_active == 0` (mixin; samber with `and (pg_replication_is_replica == 0)`), `ccp_replication_slots_active == 0` (CrunchyData/pgmonitor): true while a member is restarted, too; says nothing without slots.',
]
