import { facet, type Seen } from '../model/facet.ts'
import { streamingOf } from '../model/picture.ts'
import { ownerOfSlot } from '../model/slots.ts'
import { NEVER, type SlotState } from '../model/state.ts'

/** Lines that say a slot is missing belong to one series when no longer than this lies between them. */
const SERIES = 60_000
/** Source and replica write of one refusal within so long. */
const SAME = 1_000
/** Slots kept of a member: names come from clients too. */
const MOST = 64

/**
 * Replication slots, by the lines of the member that lacks or has them. Patroni makes slots in its loop: right after a
 * start, a promotion or a change of upstream each of them is missing for some seconds.
 */
export default facet({
  id: 'slots',
  on: {
    'slot.missing': (event) => {
      const slot = slotOf(event)
      if (slot === null) return
      if (beginsAnew(event, slot)) slot.missingSince = event.time
      slot.missingAt = event.time
      slot.evidence = event.evidence()
    },
    'slot.lost': (event) => {
      const slot = slotOf(event)
      if (slot === null) return
      if (isLostAnew(event, slot)) slot.lostAt = event.time
      slot.evidence = event.evidence()
    },
    'slot.dropped': (event) => {
      const slot = event.member.slots.get(event.param('name') ?? '')
      if (slot !== undefined) slot.droppedAt = event.time
    },
  },
})

/** It was there meanwhile: what its member receives has changed since, or Patroni has dropped it. */
function beginsAnew(event: Seen, { missingAt, droppedAt }: SlotState): boolean {
  if (event.time - missingAt > SERIES || droppedAt > missingAt) return true
  const owner = ownerOfSlot(event.member.cluster, event.param('slot') ?? '')
  return owner !== undefined && owner.claim.replication.since > missingAt + SAME
}

/** Its reader is refused each 5 s from then on, until it streams, or Patroni makes the slot anew. */
function isLostAnew(event: Seen, { lostAt, droppedAt }: SlotState): boolean {
  const owner = ownerOfSlot(event.member.cluster, event.param('slot') ?? '')
  return lostAt === NEVER || droppedAt > lostAt || (owner !== undefined && streamingOf(owner).since > lostAt)
}

function slotOf(event: Seen): SlotState | null {
  const name = event.param('slot')
  if (name === null) return null
  const { slots } = event.member
  let slot = slots.get(name)
  if (slot !== undefined) return slot
  if (slots.size >= MOST) slots.delete(slots.keys().next().value as string)
  slot = { missingSince: NEVER, missingAt: NEVER, lostAt: NEVER, droppedAt: NEVER, evidence: event.evidence() }
  slots.set(name, slot)
  return slot
}
