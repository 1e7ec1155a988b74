import { type Fold, facet, type Seen } from '../model/facet.ts'
import { inferred, logged, stands } from '../model/facet-help.ts'

/** Maintenance mode. A summary line says `PAUSE:` in front while it lasts; its end is written nowhere. */
export default facet({
  id: 'paused',
  on: {
    'leader.confirmed': byPrefix,
    'follower.confirmed': byPrefix,
    'race.no-leader': byPrefix,
    'dcs.unreachable': withPrefix,
    'lock.acquired': withPrefix,
    'lock.update-failed': withPrefix,
    'lock.lost': withPrefix,
    'race.not-healthiest': withPrefix,
    'postgres.down': withPrefix,
  },
  sample(member, sample, fold) {
    if (sample.paused === undefined) return
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

/** Of what is a summary line at one time and stands beside it at another. */
function withPrefix(event: Seen, fold: Fold): void {
  if (event.param('paused') !== null) byPrefix(event, fold)
}

function byPrefix(event: Seen, fold: Fold): void {
  const value = event.param('paused') === null ? 'no' : 'yes'
  if (stands(event.member, 'paused', value, event.time)) return
  if (value === 'yes') fold.set(event.member, 'paused', 'yes', logged(event, 'its summary line says PAUSE'))
  else fold.set(event.member, 'paused', 'no', inferred(event, 'its summary line no longer says PAUSE'))
}
