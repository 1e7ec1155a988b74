import type { Config } from '../config/types.ts'
import type { Engine } from '../engine/engine.ts'
import { familiar } from '../ingest/familiar.ts'
import { names } from '../ingest/names.ts'
import { compile } from '../ingest/recognise.ts'
import { loadFacets, loadParsers } from '../io/shelves.ts'
import { type Correlator, correlator } from '../journal/correlator.ts'
import type { Effect } from '../model/effect.ts'
import type { Recogniser } from '../model/record.ts'
import type { Rule } from '../model/rule.ts'
import { configuredEngine, type Decider, LATENESS } from '../replay/configure.ts'

/** What decides, and reads what is decided about. */
export interface Knowledge extends Decider {
  readonly recogniser: Recogniser
}

/** All that ships, with `rules`: the shipped ones and the operator's own. */
export async function loadKnowledge(config: Config, rules: readonly Rule[]): Promise<Knowledge> {
  const [shelves, facets] = await Promise.all([loadParsers(), loadFacets()])
  return { recogniser: familiar(compile(shelves)), facets, rules, config }
}

/** An engine that knows nothing yet. */
export function newEngine(knowledge: Knowledge, emit: (effect: Effect) => void): Engine {
  return configuredEngine(knowledge, names(), { emit })
}

/** A correlator that knows nothing yet of its partition; `core` is its engine. */
export function newCorrelator(
  knowledge: Knowledge,
  emit: (effect: Effect) => void,
  core: Engine = newEngine(knowledge, emit),
): Correlator {
  const { recogniser, config } = knowledge
  const clusters = Object.keys(config.clusters)
  return correlator({ engine: core, recogniser, lateness: config.lateness ?? LATENESS, clusters })
}
