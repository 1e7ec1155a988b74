import type { Engine } from '../engine/engine.ts'
import type { Reading } from '../model/sample.ts'

/** Told a reading that an engine took in, with the full name of its cluster. */
export type OnReading = (cluster: string, reading: Reading) => void

/** The same engine, which tells of each reading that it is given and did not have, wherever that stood: a capture, a topic, a line. */
export function watching(core: Engine, onReading: OnReading | undefined): Engine {
  if (onReading === undefined) return core
  return {
    ...core,
    observe(observation) {
      // Once taken in, it is the engine's.
      const { reading, cluster } = observation
      const taken = core.observe(observation)
      if (taken && reading !== null) onReading(cluster.name, reading)
      return taken
    },
  }
}
