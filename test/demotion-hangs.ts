import type { ClusterStory } from './story.ts'

/** From 100 to 400 Patroni of pg-0 waits for a checkpoint before it stops PostgreSQL, which writes on. */
export function demotionHangsEarly(story: ClusterStory): ClusterStory {
  return story
    .withoutPostgresLogs()
    .demotionHangs(100, 400)
    .changes(100.5, (world) => {
      world.node('pg-0').postgres = 'running'
    })
}
