import type { ClusterMemberView, ClusterSettings, ClusterView } from '../../model/sample.ts'
import { array, flag, instant, isObject, type Json, known, number, object, text } from './json.ts'
import { type At, tagsOf } from './patroni.ts'

/** Reads the body of `GET /cluster`: the answering member's view of the DCS. */
export function readCluster(body: unknown, at: At): ClusterView | null {
  const rows = isObject(body) ? array(body, 'members') : undefined
  if (!isObject(body) || rows === undefined) return null
  return known<ClusterView>({
    kind: 'cluster-view',
    cluster: at.cluster ?? text(body, 'scope') ?? null,
    member: at.member,
    time: at.time,
    members: rows.filter(isObject).flatMap((row) => memberOf(row)),
    paused: flag(body, 'pause') ?? false,
    scheduledSwitchover: scheduled(object(body, 'scheduled_switchover')),
  })
}

function memberOf(row: Json): readonly ClusterMemberView[] {
  const name = text(row, 'name')
  if (name === undefined) return []
  return [
    known<ClusterMemberView>({
      name,
      role: text(row, 'role') ?? '',
      state: text(row, 'state') ?? '',
      timeline: number(row, 'timeline'),
      tags: tagsOf(object(row, 'tags')),
    }),
  ]
}

function scheduled(value: Json | undefined): ClusterView['scheduledSwitchover'] {
  const at = value === undefined ? undefined : instant(value, 'at')
  if (value === undefined || at === undefined) return undefined
  const to = text(value, 'to')
  return { at, from: text(value, 'from') ?? '', ...(to === undefined ? {} : { to }) }
}

/** Reads the body of `GET /config`: the dynamic configuration. Seconds become ms. */
export function readConfig(body: unknown, at: At): ClusterSettings | null {
  if (!isObject(body)) return null
  const seconds = (key: string): number | undefined => {
    const value = number(body, key)
    return value === undefined ? undefined : value * 1000
  }
  const settings = known<ClusterSettings>({
    kind: 'settings',
    cluster: at.cluster,
    member: at.member,
    time: at.time,
    loopWait: seconds('loop_wait'),
    ttl: seconds('ttl'),
    retryTimeout: seconds('retry_timeout'),
    maximumLagOnFailover: number(body, 'maximum_lag_on_failover'),
    failsafeMode: flag(body, 'failsafe_mode'),
    synchronousMode: flag(body, 'synchronous_mode'),
    synchronousModeStrict: flag(body, 'synchronous_mode_strict'),
    standbyCluster: object(body, 'standby_cluster') === undefined ? undefined : true,
    primaryStartTimeout: seconds('primary_start_timeout') ?? seconds('master_start_timeout'),
  })
  return settings.ttl === undefined && settings.loopWait === undefined && object(body, 'postgresql') === undefined
    ? null
    : settings
}
