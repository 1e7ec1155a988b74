import type { ClusterStory } from './story.ts'

/** pg-1 has led since 130 for the frozen pg-0. At 150 pg-0 wakes with the lock in its hands, and pg-1 demotes itself. */
export function lockComesBack(story: ClusterStory): ClusterStory {
  return story
    .twoPrimaries(100, 'pg-1')
    .changes(150, (world) => {
      Object.assign(world.node('pg-1'), { lock: false, postgres: 'stopped', cycle: () => {} })
      Object.assign(world.node('pg-0'), { lock: true, patroni: 'up', beat: 150.5, view: 'pg-0' })
    })
    .says('pg-1', 150, 'Lock owner: pg-0; I am pg-1')
    .says('pg-1', 150.01, 'Demoting self (immediate-nolock)')
    .postgresSays('pg-1', 150.02, 'received immediate shutdown request')
    .says('pg-1', 152, 'demoting self because I do not have the lock and I was a leader')
}
