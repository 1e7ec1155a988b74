import { EMPTY_CONFIG } from '../config/types.ts'
import { probe } from '../ingest/probe.ts'
import { findInputs } from '../io/files/find.ts'
import { sequences } from '../io/files/sequence.ts'
import { loadFacets, loadParsers, loadRules } from '../io/shelves.ts'
import type { Alert, Transition } from '../model/effect.ts'
import { run } from './run.ts'

/** The transitions and alerts of a recorded run, in the order of the output, with nothing configured. */
export async function effectsOf(folder: string): Promise<readonly (Alert | Transition)[]> {
  const effects: (Alert | Transition)[] = []
  const [shelves, facets, rules] = await Promise.all([loadParsers(), loadFacets(), loadRules()])
  const inputs = await findInputs([folder])
  const logs = await sequences(
    inputs.filter(({ kind }) => kind === 'log'),
    probe,
  )
  await run(
    { logs, captures: inputs.filter(({ kind }) => kind === 'capture') },
    { shelves, facets, rules },
    {
      config: EMPTY_CONFIG,
      cluster: null,
      member: null,
      zone: 'UTC',
      to: null,
      events: 'none',
      onEffect: (effect) => {
        if (effect.kind === 'alert' || effect.kind === 'transition') effects.push(effect)
      },
      onProblem: () => {},
    },
  )
  return effects
}
