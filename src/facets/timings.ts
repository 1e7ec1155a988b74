import { facet } from '../model/facet.ts'
import type { ClusterSettings } from '../model/sample.ts'
import type { Timings } from '../model/state.ts'

const TAKEN = [
  'loopWait',
  'ttl',
  'retryTimeout',
  'maximumLagOnFailover',
  'failsafeMode',
  'synchronousMode',
  'synchronousModeStrict',
  'standbyCluster',
  'primaryStartTimeout',
] as const

/** The cluster's timings and modes: what Patroni's `/config` says counts before the configuration and the defaults. */
export default facet({
  id: 'timings',
  settings(member, settings) {
    const { timings } = member.cluster
    const known = Object.fromEntries(TAKEN.flatMap((key) => entry(settings, key)))
    Object.assign(timings, known satisfies Partial<Timings>)
    timings.source = `/config of ${member.name}`
    member.cluster.dirty = true
  },
})

function entry(settings: ClusterSettings, key: (typeof TAKEN)[number]): [string, number | boolean][] {
  const value = settings[key]
  return value === undefined ? [] : [[key, value]]
}
