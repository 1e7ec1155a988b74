import type { Engine } from '../engine/engine.ts'
import { place } from '../engine/place.ts'
import type { ReadingSource } from './capture-source.ts'
import type { Clusters } from './clusters.ts'
import type { Tally } from './tally.ts'

/** Hands readings to the engine, each with its cluster. */
export interface ReadingTaker {
  /** Takes the current readings of a source. */
  take(source: ReadingSource): void
  onReject(source: ReadingSource, reason: string, text: string): void
  onEmpty(): void
}

export function readingTaker(core: Engine, clusters: Clusters, counts: Tally): ReadingTaker {
  const toldAmbiguous = new WeakSet<ReadingSource>()

  /** A scope that clusters of two namespaces have is nobody's. All such readings are counted, one a source is shown. */
  function ambiguous(source: ReadingSource, time: number): void {
    if (toldAmbiguous.has(source)) {
      counts.rejected++
      return
    }
    toldAmbiguous.add(source)
    counts.rejectText('ambiguous-scope', source.origin.at(source.line(), 0), time, '')
  }

  return {
    take(source) {
      for (const reading of source.readings) {
        counts.line(reading.time)
        const cluster = clusters.ofScope(reading.cluster)
        if (cluster === null) ambiguous(source, reading.time)
        else if (!place(core, core.cluster(cluster), reading, source.origin, source.line(), source)) counts.duplicate++
        else counts.samples++
      }
    },
    onReject(source, reason, text) {
      counts.rejectText(reason, source.origin.at(source.line(), source.index ?? 0), source.time, text)
    },
    onEmpty() {
      counts.empty++
    },
  }
}
