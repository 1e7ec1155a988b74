import { names } from '../ingest/names.ts'
import { compile } from '../ingest/recognise.ts'
import type { Summary } from '../model/summary.ts'
import { deciding } from './deciding.ts'
import { openInputs } from './inputs.ts'
import { merge } from './merge.ts'
import type { Knowledge, RunInputs, RunOptions } from './run-options.ts'
import { summarise } from './summarise.ts'

/** Replays logs and captures through the engine, in event-time order, and says at the end what was read. */
export async function run(inputs: RunInputs, knowledge: Knowledge, options: RunOptions): Promise<Summary> {
  const { zone, to: until, config } = options
  const recogniser = compile(knowledge.shelves)
  const known = names()
  const core = deciding({ ...knowledge, recogniser, config }, known, options)
  const { engine, tally, told, lateness } = core
  const reading = { zone, names: known, recogniser, lateness, until, onProblem: told.problem }
  const { sources, take, homes, topics } = await openInputs(inputs, core, options, reading)
  await merge(sources, take, core.come, options.ready ?? (() => undefined))
  core.end()
  return summarise(engine, tally, told, {
    homes,
    captures: inputs.captures,
    ranges: inputs.ranges ?? [],
    topics,
    zone,
  })
}
