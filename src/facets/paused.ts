import { type Fold, facet, type Seen } from '../model/facet.ts'
import { inferred, logged, stands } from '../model/facet-help.ts'

/** Maintenance mode. A summary line says `PAUSE:` in front while it lasts; its end is written nowhere. */
export default facet({
  id: 'paused',
  on: {
    'leader.confirmed': byPrefix,
    'follower.confirmed': byPrefix,
    'dcs.unreachable': (event, fold) => {
      if (event.param('paused') !== null) byPrefix(event, fold)
    },
    'race.no-leader': byPrefix,
    'pause.seen': (event, fold) => {
      if (!stands(event.member, 'paused', 'yes', event.time))
        fold.set(event.member, 'paused', 'yes', logged(event, 'its line names the pause'))
    },
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

function byPrefix(event: Seen, fold: Fold): void {
  const value = event.param('paused') === null ? 'no' : 'yes'
  if (stands(event.member, 'paused', value, event.time)) return
  if (value === 'yes') fold.set(event.member, 'paused', 'yes', logged(event, 'its summary line says PAUSE'))
  else fold.set(event.member, 'paused', 'no', inferred(event, 'its summary line no longer says PAUSE'))
}
