import type { ClusterStory } from './story.ts'

/**
 * The cluster is made the standby of another one: pg-0 gives up its lock, by a demotion of this mode, and pg-1 becomes
 * its standby leader. At second `said` pg-0 tells why.
 */
export function becomesStandby(story: ClusterStory, mode: string, said = 99.9): ClusterStory {
  return story
    .changes(100, (world) => {
      for (const name of ['pg-0', 'pg-1']) world.node(name).cycle = () => {}
    })
    .says('pg-0', said, 'cannot be a real primary in standby cluster')
    .says('pg-0', 100, `Demoting self (${mode})`)
    .metricsVanish(100)
    .says('pg-1', 107, 'promoted self to a standby leader by acquiring session lock')
    .says('pg-1', 112, 'no action. I am (pg-1), the standby leader with the lock')
    .says('pg-0', 117, 'no action. I am (pg-0), a secondary, and following a standby leader (pg-1)')
    .says('pg-1', 200, 'no action. I am (pg-1), the standby leader with the lock')
}
