/** Holes in a log: what was written there is not known. Who said something meanwhile, or says why it did not, has none. */
import { describe, it } from 'node:test'
import type { Node } from '../../src/story/node.ts'
import { type ClusterStory, demo, story } from '../story.ts'

function becomes(happens: ClusterStory, t: number, changes: Partial<Node>): ClusterStory {
  return happens.changes(t, (world) => void Object.assign(world.node('pg-1'), changes))
}

/** The upstream of pg-1 is removed; from then on its HA loop gives no heartbeat, and its PostgreSQL no line. */
function falls(): ClusterStory {
  return becomes(demo().logsOnly().removeUpstream('pg-1', 100), 101, { patroni: 'frozen', postgresLogs: false })
}

function rises(happens: ClusterStory) {
  const goesOn = becomes(happens, 165, { patroni: 'up', postgresLogs: true })
  return story('replica-without-upstream', goesOn.until(300))
}

describe('a hole in a log', () => {
  it('makes unknown what was said of the upstream', () => {
    rises(falls()).shows('pg-1', 'upstream', 'unknown', 165, 180).shows('pg-1', 'replication', 'unknown', 165, 180)
  })

  it('is none where Patroni wrote of its trouble', () => {
    const happens = falls()
    for (const t of [118, 131, 144]) happens.says('pg-1', t, 'Error communicating with DCS', 'ERROR')
    rises(happens).neverShows('pg-1', 'upstream', 'unknown', 100)
  })

  it('begins with the last word, whatever it was', () => {
    const happens = falls()
    for (const t of [112, 123]) happens.says('pg-1', t, 'Error communicating with DCS', 'ERROR')
    rises(happens).shows('pg-1', 'upstream', 'unknown', 165, 180)
  })

  it('is none where PostgreSQL wrote', () => {
    const happens = falls()
    for (const t of [120, 145]) {
      becomes(happens, t + 0.1, { postgresLogs: true }).postgresSays('pg-1', t + 0.2, 'checkpoint starting: time')
      becomes(happens, t + 0.3, { postgresLogs: false })
    }
    rises(happens).neverShows('pg-1', 'upstream', 'unknown', 100)
  })

  it('is none where the HA loop was busy', () => {
    const overrun = 'Loop time exceeded, rescheduling immediately.'
    rises(falls().says('pg-1', 164, overrun, 'WARNING')).neverShows('pg-1', 'upstream', 'unknown', 100)
  })
})
