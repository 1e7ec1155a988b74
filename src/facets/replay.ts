import { type Fold, facet } from '../model/facet.ts'
import { stands } from '../model/facet-help.ts'
import { mib } from '../model/lsn.ts'
import { standStill } from '../model/positions.ts'
import type { Evidence } from '../model/source.ts'
import type { Member } from '../model/state.ts'

/** What a replica replays, from its positions alone. An idle source gives no verdict. */
export default facet({
  id: 'replay',
  sample(member, sample, fold) {
    if (sample.role !== 'replica' && sample.role !== 'standby_leader') return
    if (sample.replayPaused === true) paused(member, fold)
    else if (stoodStill(member, fold)) return
    else if (member.measure.replay.moved.at === sample.time) moves(member, fold)
  },
})

function paused(member: Member, fold: Fold): void {
  if (stands(member, 'replay', 'paused', fold.time)) return
  fold.set(member, 'replay', 'paused', {
    basis: 'measured',
    because: 'replay is paused by hand',
    evidence: [{ metric: `xlog_paused{member="${member.name}"}`, time: fold.time, value: 1 }],
  })
}

function stoodStill(member: Member, fold: Fold): boolean {
  const still = standStill(member, 'replay', fold.time)
  if (still === null) return false
  if (stands(member, 'replay', 'still', fold.time)) return true
  fold.set(member, 'replay', 'still', {
    basis: 'measured',
    because: `its replayed position has not moved while ${still.source.name} wrote ${mib(still.wrote)}`,
    since: still.since,
    evidence: position(member, fold.time),
  })
  return true
}

function moves(member: Member, fold: Fold): void {
  if (stands(member, 'replay', 'moving', fold.time)) return
  fold.set(member, 'replay', 'moving', {
    basis: 'measured',
    because: 'its replayed position moves',
    evidence: position(member, fold.time),
  })
}

function position({ name, measure }: Member, time: number): readonly Evidence[] {
  return [{ metric: `replayed_location{member="${name}"}`, time, value: `${measure.replay.lsn}` }]
}
