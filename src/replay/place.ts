import type { Engine } from '../engine/engine.ts'
import type { Origin } from '../engine/observation.ts'
import type { Reading } from '../model/sample.ts'
import type { Cluster } from '../model/state.ts'

/** Hands a reading to the engine. False when the same was there already. */
export function place(engine: Engine, cluster: Cluster, reading: Reading, origin: Origin, line: number): boolean {
  const observation = engine.take()
  observation.time = reading.time
  observation.cluster = cluster
  observation.member = engine.member(cluster, reading.member)
  observation.entry = null
  observation.reading = reading
  observation.origin = origin
  observation.line = line
  observation.late = 0
  return engine.observe(observation)
}
