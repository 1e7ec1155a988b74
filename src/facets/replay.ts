import { timeOf } from '../model/clock.ts'
import { type Fold, facet } from '../model/facet.ts'
import { stands } from '../model/facet-help.ts'
import { mib } from '../model/lsn.ts'
import { movedMeanwhile } from '../model/positions.ts'
import type { Member } from '../model/state.ts'
import { sourceOf } from '../model/wal-source.ts'

const MOVED = 1_048_576
const STILL = 15_000

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
  const source = sourceOf(member, timeOf(fold.time))
  const { since, lsn } = member.measure.replay
  if (source === undefined || lsn === undefined || member.measure.placed - since < STILL) return false
  const moved = movedMeanwhile(member, source, 'replay')
  if (moved === undefined || moved < MOVED) return false
  if (stands(member, 'replay', 'still', fold.time)) return true
  fold.set(member, 'replay', 'still', {
    basis: 'measured',
    because: `its replayed position has not moved while ${source.name} wrote ${mib(moved)}`,
    since,
    evidence: [{ metric: `replayed_location{member="${member.name}"}`, time: fold.time, value: `${lsn}` }],
  })
  return true
}

function moves(member: Member, fold: Fold): void {
  if (stands(member, 'replay', 'moving', fold.time)) return
  const { lsn } = member.measure.replay
  fold.set(member, 'replay', 'moving', {
    basis: 'measured',
    because: 'its replayed position moves',
    evidence: [{ metric: `replayed_location{member="${member.name}"}`, time: fold.time, value: `${lsn}` }],
  })
}
