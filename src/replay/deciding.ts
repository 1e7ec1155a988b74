import type { Engine } from '../engine/engine.ts'
import type { Names } from '../ingest/names.ts'
import { GRID } from '../model/clock.ts'
import type { Effect, Shown } from '../model/effect.ts'
import { isShown } from '../report/entries.ts'
import { byOutputOrder } from '../report/order.ts'
import { configuredEngine, type Decider, LATENESS } from './configure.ts'
import { type Hearing, hearing } from './hearing.ts'
import { output } from './output.ts'
import type { Events, RunOptions } from './run-options.ts'
import { type Tally, tally } from './tally.ts'
import { type Told, told } from './told.ts'

/** The engine of a replay, and what is told of it in the order of the output. */
export interface Deciding {
  readonly engine: Engine
  readonly tally: Tally
  readonly told: Told
  /** Null where no events are told. */
  readonly hearing: Hearing | null
  /** How far lines of one stream may be out of order, ms. */
  readonly lateness: number
  /** All inputs have come to this event time, epoch ms. */
  come(time: number): void
  /** All inputs are over. */
  end(): void
}

/**
 * The engine is asked to decide each time the watermark has come so far, ms: as far as from one point of its grid to the
 * next. Hundreds of lines are read in a row, and folded in a row, which the processor's caches like.
 */
const STEP = 5_000

const WANTED: Readonly<Record<Events, (type: string) => boolean>> = {
  all: () => true,
  timeline: isShown,
  none: () => false,
}

export function deciding(decider: Decider, names: Names, options: RunOptions): Deciding {
  const { events, onEffect, onGap, onStretch = () => {} } = options
  const lateness = options.config.lateness ?? LATENESS
  const ordered = output<Shown>(byOutputOrder, (shown) => {
    if (shown.kind === 'gap') onGap?.(shown)
    else onEffect(shown)
  })
  const counts = tally(ordered.add)
  const summed = told(options.onProblem)
  const heard = events === 'none' ? null : hearing({ onGap: ordered.add, onStretch })
  const engine = configuredEngine(decider, names, { wanted: WANTED[events], emit })
  let decided = Number.NEGATIVE_INFINITY

  function emit(effect: Effect): void {
    summed.effect(effect)
    ordered.add(effect)
  }

  return {
    engine,
    tally: counts,
    told: summed,
    hearing: heard,
    lateness,
    come(time) {
      const watermark = time - lateness
      if (watermark < decided + STEP) return
      decided = watermark
      engine.advance(watermark)
      heard?.complete(watermark)
      ordered.complete(watermark)
    },
    end() {
      // What the last lines brought about is decided at the grid point after them, as it is where no line follows.
      engine.advance(Math.min(Math.ceil(counts.to / GRID) * GRID, options.to ?? Number.POSITIVE_INFINITY))
      heard?.end()
      ordered.complete(Number.POSITIVE_INFINITY)
    },
  }
}
