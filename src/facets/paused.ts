import { type Fold, facet, type Seen } from '../model/facet.ts'
import { inferred, logged, stands } from '../model/facet-help.ts'
import type { Evidence } from '../model/source.ts'
import type { Cluster } from '../model/state.ts'

/**
 * Maintenance mode, which is planned work of the cluster. A summary line says `PAUSE:` in front while it lasts; its end is
 * written nowhere.
 */
export default facet({
  id: 'paused',
  on: {
    'leader.confirmed': byPrefix,
    'follower.confirmed': byPrefix,
    'race.no-leader': byPrefix,
    'pause.seen': byPrefix,
    'dcs.unreachable': withPrefix,
    'lock.acquired': withPrefix,
    'lock.update-failed': withPrefix,
    'lock.lost': withPrefix,
    'lock.released': withPrefix,
    'race.not-healthiest': withPrefix,
    'postgres.down': withPrefix,
  },
  sample(member, sample, fold) {
    if (sample.paused === undefined) return
    if (sample.paused) begin(member.cluster, sample.time, [], fold)
    else end(member.cluster, sample.time)
    const value = sample.paused ? 'yes' : 'no'
    if (stands(member, 'paused', value, fold.time)) return
    fold.set(member, 'paused', value, {
      basis: 'measured',
      because: sample.paused
        ? 'its REST API says that the cluster is paused'
        : 'its REST API no longer says that the cluster is paused',
    })
  },
})

/** Of what is a summary line at one time and stands beside it at another: then it says no `PAUSE:`, and proves no end of it. */
function withPrefix(event: Seen, fold: Fold): void {
  if (event.param('paused') !== null) byPrefix(event, fold)
}

function byPrefix(event: Seen, fold: Fold): void {
  const { member, time } = event
  const paused = event.param('paused') !== null
  if (paused) begin(member.cluster, time, [event.evidence()], fold)
  else end(member.cluster, time)
  if (stands(member, 'paused', paused ? 'yes' : 'no', time)) return
  if (paused) fold.set(member, 'paused', 'yes', logged(event, 'its summary line says PAUSE'))
  else fold.set(member, 'paused', 'no', inferred(event, 'its summary line no longer says PAUSE'))
}

function begin(cluster: Cluster, since: number, evidence: readonly Evidence[], fold: Fold): void {
  fold.plan(cluster, { kind: 'pause', member: null, since, until: Number.POSITIVE_INFINITY, evidence })
}

function end({ planned }: Cluster, time: number): void {
  for (const action of planned) if (action.kind === 'pause' && action.until > time) action.until = time
}
