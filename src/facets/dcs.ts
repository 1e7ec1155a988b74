import { type Fold, facet, type Seen } from '../model/facet.ts'
import { inferred, logged, stands } from '../model/facet-help.ts'
import { loopOf } from '../model/picture.ts'
import type { Member } from '../model/state.ts'

/**
 * Whether the member reaches the DCS, by its own lines. On Kubernetes a replica whose watches stay open says nothing in
 * an outage: the absence of lines proves nothing, and `reachable` then only means that its cache could be read.
 */
export default facet({
  id: 'dcs',
  on: {
    'dcs.unreachable': (event, fold) => unreachable(event, fold, 'its call to the DCS failed'),
    'failsafe.holding': (event, fold) =>
      unreachable(event, fold, 'failsafe mode holds only while the DCS is unreachable'),
    'leader.confirmed': (event, fold) => reachable(event, fold, 'it renewed the leader lock'),
    'lock.acquired': (event, fold) => reachable(event, fold, 'it took the leader lock'),
    'promotion.started': (event, fold) => {
      if (event.program === 'patroni') reachable(event, fold, 'it took the leader lock')
    },
    'follower.confirmed': (event, fold) =>
      reachable(event, fold, 'its HA loop ended with a view of the DCS; no line says that it is back'),
    'demotion.running': (event, fold) => {
      if (event.param('lockRenewed') !== null) reachable(event, fold, 'it renewed the leader lock')
    },
    'demotion.started': given,
    'demotion.completed': given,
    'lock.released': (event, fold) => reachable(event, fold, 'it removed the leader key'),
  },
  sample(member, sample, fold) {
    const { dcs } = member.claim
    if (sample.dcsLastSeen === undefined || dcs.value !== 'unreachable' || holdsByItsWord(member)) return
    // On Kubernetes it has seen the DCS who read its cache, while each of its loops fails.
    if (sample.dcsLastSeen <= dcs.at + 1000 || sample.time <= dcs.at + 2 * loopOf(member)) return
    fold.set(member, 'dcs', 'reachable', {
      basis: 'measured',
      because: 'it has seen the DCS (dcs_last_seen) after its last complaint',
      since: sample.dcsLastSeen,
      evidence: [{ metric: 'dcs_last_seen', time: sample.time, value: Math.round(sample.dcsLastSeen / 1000) }],
    })
  },
})

/** On Kubernetes a leader in failsafe mode goes on reading its cache, and calls that having seen the DCS. */
function holdsByItsWord({ claim: { failsafe } }: Member): boolean {
  return failsafe.value === 'holding' && failsafe.basis === 'logged'
}

/** A demotion for the DCS, where nothing else was said of it: of no other does Patroni say `offline`. */
function given(event: Seen, fold: Fold): void {
  const forDcs = event.param('mode') === 'offline' || event.param('reason') === 'dcs_unreachable'
  if (!forDcs || event.member.claim.dcs.value !== 'unknown') return
  unreachable(event, fold, 'it gives up the primary role because the DCS does not answer')
}

function unreachable(event: Seen, fold: Fold, because: string): void {
  if (stands(event.member, 'dcs', 'unreachable', event.time)) return
  fold.set(event.member, 'dcs', 'unreachable', logged(event, because))
}

function reachable(event: Seen, fold: Fold, because: string): void {
  if (stands(event.member, 'dcs', 'reachable', event.time)) return
  fold.set(event.member, 'dcs', 'reachable', inferred(event, because))
}
