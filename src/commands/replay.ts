import { InputError } from '../io/files/input.ts'
import { loadFacets, loadParsers } from '../io/shelves.ts'
import { type Effect, type Gap, GRAVITY, type Shown } from '../model/effect.ts'
import type { Summary } from '../model/summary.ts'
import { run } from '../replay/run.ts'
import type { Events, RunOptions } from '../replay/run-options.ts'
import { told } from '../replay/told.ts'
import { jsonLine } from '../report/jsonl.ts'
import { WIDTH } from '../report/layout.ts'
import { isLeft, narrowed, unknownNames } from './only.ts'
import type { ReplayOptions } from './options.ts'
import type { Page } from './page.ts'
import { type Progress, progress } from './progress.ts'
import { filesOf, journalOf, rangesOf, readable, topicsOf } from './replay-inputs.ts'
import { allRules } from './rules.ts'
import { writer } from './writer.ts'

/** Narrower texts would be columns of words. */
const NARROWEST = 50

/** Replays recorded logs and readings and prints what happened. Gives the exit status. Sends nothing. */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const bar = progress()
  const page = options.html === null ? null : await (await import('./page.ts')).page(options.html, options)
  try {
    return await replayInputs(paths, options, bar, page)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    for (const problem of error.problems) process.stderr.write(`patrolog: ${problem}\n`)
    return error.exitCode
  } finally {
    bar.done()
    await page?.close()
  }
}

async function replayInputs(
  paths: readonly string[],
  options: ReplayOptions,
  bar: Progress,
  page: Page | null,
): Promise<number> {
  const out = writer(process.stdout)
  const report = await reporter(options, (text) => out.write(text))
  const shown = told(() => {})
  let gravest = -1
  const isEarly = ({ time }: Shown): boolean => options.from !== null && time < options.from
  const onEffect = (effect: Effect): void => {
    if (!wanted(effect, options)) return
    page?.effect(effect)
    shown.effect(effect)
    if (isEarly(effect)) return
    if (effect.kind === 'alert') gravest = Math.max(gravest, GRAVITY[effect.severity])
    if (options.kinds.has(effect.kind)) report.effect(effect)
  }
  const onGap = (gap: Gap): void => {
    if (!wanted(gap, options)) return
    page?.effect(gap)
    if (!isEarly(gap) && options.kinds.has('event')) report.gap(gap)
  }
  const { reading: onReading, stretch: onStretch } = page ?? {}
  const taker = { onEffect, onGap, onReading, onStretch, ready: out.ready }
  const whole = await decide(paths, options, bar, taker)
  for (const problem of unknownNames(options.only, whole)) bar.say(problem)
  const summary = narrowed(whole, options.only, shown)
  await page?.write(summary)
  if (options.kinds.has('summary')) report.end(summary)
  await out.end()
  return options.failOn !== null && gravest >= GRAVITY[options.failOn] ? 3 : 0
}

async function decide(
  paths: readonly string[],
  options: ReplayOptions,
  bar: Progress,
  taker: Pick<RunOptions, 'onEffect' | 'onGap' | 'onReading' | 'onStretch' | 'ready'>,
): Promise<Summary> {
  const { config, timezone: zone, to } = options
  const onProblem = (file: string, problem: string): void => bar.say(`${file}: ${problem}`)
  const topics = topicsOf(paths, options)
  const journal = topics === null ? null : await journalOf(topics, paths, options)
  if (journal !== null) {
    const [{ replayJournal }, { loadKnowledge }] = await Promise.all([
      import('../replay/journal.ts'),
      import('../live/knowledge.ts'),
    ])
    return replayJournal(journal, await loadKnowledge(config, await allRules(config.rulesDir)), {
      until: to,
      zone,
      ...taker,
      onProblem,
    })
  }
  const found = await filesOf(paths, options.metrics, zone, bar)
  const ranges = rangesOf(found, options)
  const partitions = [...found.dumped, ...(topics === null ? [] : await readable(topics, options))]
  const inputs = { ...found, ranges, ...(partitions.length === 0 ? {} : { topics: partitions }) }
  const knowledge = { shelves: await loadParsers(), facets: await loadFacets(), rules: await allRules(config.rulesDir) }
  const { cluster, member } = options
  const learnZones = !options.timezoneGiven
  return run(inputs, knowledge, {
    config,
    cluster,
    member,
    zone,
    learnZones,
    to,
    events: eventsFor(options),
    ...taker,
    onProblem,
  })
}

function eventsFor({ format, kinds, html }: ReplayOptions): Events {
  if (kinds.has('event')) return format === 'jsonl' ? 'all' : 'timeline'
  return html === null ? 'none' : 'timeline'
}

/** Whether the end and the filters of the command line take it. A page needs to know what was before the beginning. */
function wanted(effect: Shown, { to, only }: ReplayOptions): boolean {
  return (to === null || effect.time <= to) && isLeft(only, effect)
}

/** As wide as the terminal, as long as that reads well; what goes to a file or another program is alike everywhere. */
function readableWidth({ isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number {
  return isTTY === true && columns > 0 ? Math.min(WIDTH, Math.max(NARROWEST, columns)) : WIDTH
}

interface Reporter {
  effect(effect: Effect): void
  gap(gap: Gap): void
  end(summary: Summary): void
}

async function reporter(options: ReplayOptions, write: (text: string) => void): Promise<Reporter> {
  if (options.format === 'jsonl')
    return {
      effect: (effect) => write(`${jsonLine(effect)}\n`),
      gap() {},
      end: (summary) => write(`${jsonLine(summary)}\n`),
    }
  const { textReport } = await import('../report/text.ts')
  const text = textReport({
    zone: options.timezone,
    colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    width: readableWidth(process.stdout),
  })
  const show = (effect: Shown): void => write(text.effect(effect))
  return { effect: show, gap: show, end: (summary) => write(text.end(summary)) }
}
