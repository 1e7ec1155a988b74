import type { Reading } from '../model/sample.ts'
import type { Cluster } from '../model/state.ts'
import type { Engine } from './engine.ts'
import { date, type Origin } from './observation.ts'

/** Hands a reading to the engine. False when the same was there already. */
export function place(
  engine: Engine,
  cluster: Cluster,
  reading: Reading,
  origin: Origin,
  line: number,
  { index = 0, due }: { readonly index?: number | undefined; readonly due?: number } = {},
): boolean {
  const observation = engine.take()
  date(observation, reading.time)
  if (due !== undefined) observation.due = due
  observation.cluster = cluster
  observation.member = engine.member(cluster, reading.member)
  observation.entry = null
  observation.reading = reading
  observation.origin = origin
  observation.line = line
  observation.index = index
  return engine.observe(observation)
}
