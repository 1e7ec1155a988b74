import { facet } from '../model/facet.ts'

/** How a member's records arrive. Reported live only: in replay nobody knows when a line came. */
export default facet({
  id: 'delivery',
  delivery(member, { offset, delay, time }) {
    const before = member.delivery
    const grows = before !== undefined && delay > before.delay
    member.delivery = {
      offset,
      delay,
      delayBefore: before?.delay ?? delay,
      growingSince: grows ? before.growingSince : time,
      at: time,
    }
    member.cluster.dirty = true
  },
})
