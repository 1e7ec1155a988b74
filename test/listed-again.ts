import type { ClusterStory } from './story.ts'

/**
 * The leader dies at second 100 and is polled in vain. An API server that hung carries out later what the dead had asked of it: from
 * second 145 to 185 the others list it as the running leader again, before its lock runs out for good. pg-1 is elected at second 190.
 */
export function listedAgain(story: ClusterStory): ClusterStory {
  const list = (t: number, view: string | null): void => {
    story.changes(t, ({ nodes }) => {
      for (const node of nodes.values())
        if (node.name === 'pg-0') Object.assign(node, { metrics: true, listed: 'running' })
        else Object.assign(node, { view, unlocked: view === null })
    })
  }
  story.leaderDiesForGood(100).changes(101, (world) => Object.assign(world.node('pg-0'), { metrics: true }))
  list(131, null)
  list(145, 'pg-0')
  list(185, null)
  return story.elect('pg-1', 190)
}
