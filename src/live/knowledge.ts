import type { Config } from '../config/types.ts'
import { type Engine, engine } from '../engine/engine.ts'
import { type ActiveRule, inhibitionsOf } from '../engine/life.ts'
import { familiar } from '../ingest/familiar.ts'
import { names } from '../ingest/names.ts'
import { compile } from '../ingest/recognise.ts'
import { loadFacets, loadParsers } from '../io/shelves.ts'
import { type Correlator, correlator } from '../journal/correlator.ts'
import type { Effect } from '../model/effect.ts'
import type { Facet } from '../model/facet.ts'
import type { Recogniser } from '../model/record.ts'
import type { Rule } from '../model/rule.ts'
import { activeRules, defaultsOf } from '../replay/configure.ts'

/** What decides: messages, facets and rules, with their configuration. */
export interface Knowledge {
  readonly recogniser: Recogniser
  readonly facets: readonly Facet[]
  readonly rules: readonly Rule[]
  readonly config: Config
}

/** A line later than this against its own stream is late, ms. */
export const LATENESS = 15_000

/** All that ships, with `rules`: the shipped ones and the operator's own. */
export async function loadKnowledge(config: Config, rules: readonly Rule[]): Promise<Knowledge> {
  const [shelves, facets] = await Promise.all([loadParsers(), loadFacets()])
  return { recogniser: familiar(compile(shelves)), facets, rules, config }
}

/** An engine that knows nothing yet. */
export function newEngine({ recogniser, facets, rules, config }: Knowledge, emit: (effect: Effect) => void): Engine {
  const interned = names()
  const decoder = new TextDecoder()
  const causes = inhibitionsOf(rules)
  return engine({
    facets,
    rulesFor: (cluster): readonly ActiveRule[] => activeRules(rules, causes, config, cluster),
    types: recogniser.types,
    texts: { name: interned.of, text: (bytes, from, to) => decoder.decode(bytes.subarray(from, to)) },
    defaultsOf: (cluster) => defaultsOf(config, cluster),
    events: false,
    emit,
  })
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
