import type { ClusterStory } from './story.ts'

/** Each 10 s its PostgreSQL is started, and 2 s later the start has failed; from `until` on it runs. */
export function startsInVain(story: ClusterStory, member: string, t: number, until: number): ClusterStory {
  for (let at = t; at < until; at += 10) {
    story
      .changes(at, (world) => {
        world.node(member).postgres = 'starting'
      })
      .changes(at + 2, (world) => {
        world.node(member).postgres = 'start failed'
      })
  }
  return story.changes(until, (world) => {
    world.node(member).postgres = 'running'
  })
}
