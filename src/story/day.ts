/** A healthy day of a cluster: heartbeats, checkpoints, busy and idle hours, a burst now and then. Nothing is wrong. */
import { type ClusterStory, demo } from './index.ts'

export const DAY = 86_400

export interface DayShape {
  readonly seed: number
  /** Release of Patroni. */
  readonly version: string
  /** Distance of two samples, s. */
  readonly sampling: number
  /** Length, s; a day by default. */
  readonly length?: number
}

export function healthyDay({ seed, version, sampling, length = DAY }: DayShape): ClusterStory {
  const story = demo().version(version).sampledEvery(sampling)
  const random = lehmer(seed)
  for (let t = 600; t < length; t += 600) {
    const load = random()
    if (load < 0.2) story.primaryIdle(t)
    else story.writes(load < 0.9 ? 4 * load : 30, t).writes(0.5, t + 60 * random())
  }
  for (let t = 300; t < length; t += 300) {
    story.postgresSays('pg-0', t, 'checkpoint starting: time')
    for (const replica of ['pg-1', 'pg-2']) story.postgresSays(replica, t + 1, 'restartpoint starting: time')
  }
  return story.until(length)
}

/** Park and Miller's generator: the same numbers for a seed, between 0 and 1. */
function lehmer(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
