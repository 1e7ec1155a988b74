import { addJson, type Capture, now } from './capture.ts'
import { type Cluster, type Member, postmaster, sql } from './cluster.ts'

const TRUTH = `select json_build_object(
  'in_recovery', pg_is_in_recovery(),
  'current_lsn', case when not pg_is_in_recovery() then pg_current_wal_lsn() end,
  'receive_lsn', pg_last_wal_receive_lsn(), 'replay_lsn', pg_last_wal_replay_lsn(),
  'replay_paused', case when pg_is_in_recovery() then pg_is_wal_replay_paused() end,
  'primary_conninfo', current_setting('primary_conninfo'),
  'synchronous_standby_names', current_setting('synchronous_standby_names'),
  'wal_receiver', (select status from pg_stat_wal_receiver),
  'replication', (select coalesce(json_agg(r), '[]') from (select application_name, state, sync_state, replay_lsn from pg_stat_replication) r),
  'slots', (select coalesce(json_agg(s), '[]') from (select slot_name, active, restart_lsn from pg_replication_slots) s))`

/**
 * Watches a cluster as a scraper and a judge would: `/patroni` of each member and the truth by its socket each second,
 * `/cluster` at one member in turn each second, `/metrics` each 5 s. A member that does not answer delays nobody.
 *
 * @returns what ends the watch.
 */
export function watch({ members }: Cluster, to: Capture): () => void {
  let second = 0
  const timer = setInterval(() => {
    const turn = members[second % members.length]
    if (turn !== undefined) void poll(turn, '/cluster', 'cluster', to)
    members.forEach((member, index) => {
      setTimeout(() => poll(member, '/patroni', 'rest', to), index * 170)
      setTimeout(() => truth(member, to), 60 + index * 170)
      if (second % 5 === 0) setTimeout(() => poll(member, '/metrics', 'metrics', to), 400 + index * 170)
    })
    second += 1
  }, 1000)
  return () => clearInterval(timer)
}

async function poll({ name, place }: Member, path: string, file: string, to: Capture): Promise<void> {
  const begun = Date.now()
  const answer = await get(place.address, path).catch((error: Error) => ({
    error: (error.cause as { code?: string } | undefined)?.code ?? error.name,
  }))
  addJson(to, file, { t: now(), member: name, path, ...answer, took: (Date.now() - begun) / 1000 })
}

async function get(address: string, path: string): Promise<{ status: number; text?: string; body?: unknown }> {
  const response = await fetch(`http://${address}:8008${path}`, { signal: AbortSignal.timeout(1500) })
  const text = await response.text()
  return { status: response.status, ...(path === '/metrics' ? { text } : { body: JSON.parse(text) }) }
}

async function truth(member: Member, to: Capture): Promise<void> {
  const t = now()
  const alive = member.patroni?.exitCode === null && member.patroni.signalCode === null
  const read = await sql(member, TRUTH, 1500).then(
    (text) => JSON.parse(text) as Record<string, unknown>,
    (error: Error) => ({ error: error.message.split('\n').at(-1) ?? 'timeout' }),
  )
  const up = !('error' in read)
  addJson(to, 'pg', { t, member: member.name, ...read })
  const pid = await postmaster(member)
  addJson(to, 'truth', {
    t,
    type: 'sample',
    member: member.name,
    patroni_alive: alive,
    pg_up: up,
    postmaster: pid ?? null,
  })
}
