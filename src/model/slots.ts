import { type Cluster, type Member, NEVER, type SlotState } from './state.ts'

/** Questions to the picture of a cluster about replication slots. */

/** The member whose physical slot this is: Patroni names it after the member (`slot_name_from_member_name`). */
export function ownerOfSlot(cluster: Cluster, slot: string): Member | undefined {
  for (const member of cluster.members.values())
    if (member.name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_') === slot) return member
  return undefined
}

/** Slots that some member tells to be missing, or lost; of several such members, the one that said so last. */
export function slotsToldOf(
  cluster: Cluster,
  told: 'missingAt' | 'lostAt',
): ReadonlyMap<string, { member: Member; slot: SlotState }> {
  const slots = new Map<string, { member: Member; slot: SlotState }>()
  for (const member of cluster.members.values())
    for (const [name, slot] of member.slots)
      if (slot[told] > (slots.get(name)?.slot[told] ?? NEVER)) slots.set(name, { member, slot })
  return slots
}
