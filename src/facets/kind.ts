import { facet } from '../model/facet.ts'
import type { Member, Point } from '../model/state.ts'

/** Samples whose replayed commit trails by a constant, and how constant. */
const ALIKE = 3
const TOLERANCE = 5_000
/** Less is ordinary lag. */
const LEAST = 10_000

/**
 * Kinds of a member that are written nowhere: a delayed replica (recovery_min_apply_delay) shows in no tag, body or
 * line, only in a replayed commit time that trails by a constant while it receives; a replica that restores segments
 * and never streamed reads the archive only.
 */
export default facet({
  id: 'kind',
  on: {
    'replication.archive-restored': (event) => {
      const { member } = event
      if (member.said.has('replication.started') || member.tags !== undefined || member.measure.sampled.at > 0) return
      if ((member.said.get('replication.archive-restored')?.count ?? 0) >= 3) member.kind.archiveOnly = true
    },
    'replication.started': (event) => {
      if (event.member.tags?.nostream !== true) event.member.kind.archiveOnly = false
    },
  },
  sample(member) {
    if (member.kind.delayed === 0 && member.measure.receive.moved.at > member.measure.sampled.at - 60_000)
      learnDelay(member)
  },
})

function learnDelay(member: Member): void {
  const trailing: number[] = []
  const { points } = member.measure
  for (let index = points.length - 1; index > 0 && trailing.length < ALIKE; index--) {
    const [before, point] = [points[index - 1] as Point, points[index] as Point]
    if (point.replayedAt === undefined || point.replay === undefined || point.replay === before.replay) continue
    if (point.replayedAt === before.replayedAt) continue
    trailing.push(point.time - point.replayedAt)
  }
  if (trailing.length < ALIKE) return
  const [least, most] = [Math.min(...trailing), Math.max(...trailing)]
  if (least >= LEAST && most - least <= TOLERANCE) member.kind.delayed = Math.round((least + most) / 2)
}
