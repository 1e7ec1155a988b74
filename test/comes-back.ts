import type { ClusterStory } from './story.ts'

/** A member that died is started: a line of Patroni that says nothing of its state comes at `t`, and PostgreSQL two seconds later. */
export function comesBack(story: ClusterStory, member: string, t: number): ClusterStory {
  return story
    .changes(t, (world) => Object.assign(world.node(member), { logs: true }))
    .says(member, t, 'No PostgreSQL configuration items changed, nothing to reload.')
    .start(member, t + 2)
}
