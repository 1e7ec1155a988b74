import { facet } from '../model/facet.ts'
import { stands } from '../model/facet-help.ts'

/**
 * A sample's `cluster_unlocked`: this member's view has no leader. On Kubernetes it is up on every member, leader too,
 * in each outage that reaches failsafe: never a proof by itself.
 */
export default facet({
  id: 'unlocked',
  sample(member, sample, fold) {
    if (sample.clusterUnlocked === undefined) return
    const value = sample.clusterUnlocked ? 'yes' : 'no'
    if (stands(member, 'unlocked', value, fold.time)) return
    fold.set(member, 'unlocked', value, {
      basis: 'measured',
      because: `its flag cluster_unlocked is ${sample.clusterUnlocked ? 'up' : 'down'}`,
      evidence: [
        { metric: `cluster_unlocked{member="${member.name}"}`, time: fold.time, value: sample.clusterUnlocked ? 1 : 0 },
      ],
    })
  },
})
