/**
 * `npm run bench -- [--lines N] [--rounds N] [--long] [--no-docs]`: patrolog and the floors on the same generated file,
 * in turn, each on one core; writes docs/performance.md. `--long` adds 10 times the lines and newest-first input.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Command, floors } from './floors.ts'
import { generate, LOAD, type Load } from './generate.ts'
import { type Measured, measure, median, pinned } from './measure.ts'
import { writePage } from './page.ts'
import type { Step } from './steps.ts'

interface Row {
  readonly name: string
  readonly seconds: number
  readonly peak: number
  /** Speed against each floor of the same round. */
  readonly ofGrep: number
  readonly ofLoop: number
}

const root = fileURLToPath(new URL('..', import.meta.url))

function patrolog(file: string): Command {
  const args = ['replay', file, '--format', 'jsonl', '--kinds', 'alert,summary']
  return { name: 'patrolog replay', command: join(root, 'bin/patrolog'), args }
}

function timeline(file: string): Command {
  return { ...patrolog(file), name: 'with its timeline', args: ['replay', file] }
}

/** The file of a load, generated when there is none of this name. */
function fileOf(load: Load): string {
  const folder = join(tmpdir(), 'patrolog-bench')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${load.lines}-${load.clusters}-${load.seed}${load.newestFirst ? '-newest-first' : ''}.log`)
  if (!existsSync(file)) generate(file, load)
  return file
}

/** All commands in turn, so that a slow minute of the machine hits all alike; medians of the rounds. */
async function alternate(commands: readonly Command[], rounds: number): Promise<Row[]> {
  const measured = new Map<string, Measured[]>(commands.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const command of commands) measured.get(command.name)?.push(await measure(command))
  }
  const against = (floor: string, all: readonly Measured[]): number =>
    median(all.map(({ seconds }, round) => (measured.get(floor)?.[round]?.seconds ?? Number.NaN) / seconds))
  return [...measured].map(([name, all]) => ({
    name,
    seconds: median(all.map(({ seconds }) => seconds)),
    peak: Math.max(...all.map(({ peak }) => peak)),
    ofGrep: against('grep -cE', all),
    ofLoop: against('Node loop', all),
  }))
}

function table(rows: readonly Row[], lines: number): string {
  const body = rows.map(({ name, seconds, peak, ofGrep, ofLoop }) => {
    const speed = (lines / seconds / 1e6).toFixed(2)
    return `| ${name} | ${speed} | ${ofGrep.toFixed(2)} | ${ofLoop.toFixed(2)} | ${peak.toFixed(0)} |`
  })
  const head = ['| | M lines/s | of `grep -cE` | of the Node loop | peak RSS, MB |', '|---|---|---|---|---|']
  return [...head, ...body].join('\n')
}

const [STEPS, MEMORY] = ['Where the time goes', 'Memory by input'] as const

function page(load: Load, file: string, rounds: number, body: string): string {
  const size = statSync(file).size / load.lines
  return `# Performance

Written by \`npm run bench -- --long\`. Whole processes, start included, each on ${pinned} of ${cpus()[0]?.model.trim()},
Node ${process.version}. Processor time of all threads; ${rounds} rounds in turn, the median of each round's ratio.

The load is generated, the same bytes every time: ${load.lines / 1e6} M lines as stern prints them, ${size.toFixed(0)} bytes
a line, ${load.clusters} clusters of three, heartbeats, PostgreSQL's own lines, ${'9 %'} that nobody can place, tracebacks, a few
episodes of failsafe mode and failover. All rules run.

${body}

- Node loop: find each newline and make a string of each line, nothing else.
- \`grep -cE\`: the 42 expressions of bench/grep-patterns.txt joined by \`|\`, LC_ALL=C.
- \`patrolog replay\`: its alerts alone, as JSON lines; with its timeline: the text that is printed when nothing is asked for.
- Aims: 0.7 of \`grep -cE\`, and peak RSS below 150 MB whatever the length and direction of the input.
`
}

/** What each step costs, warm, by itself. */
function stepTable(file: string): string {
  const { stdout } = spawnSync(process.execPath, [join(root, 'bench/steps.ts'), file], { encoding: 'utf8' })
  const steps: readonly Step[] = JSON.parse(stdout)
  const rows = steps.map(({ name, nanoseconds }, at) => {
    const own = nanoseconds - (steps[at - 1]?.nanoseconds ?? 0)
    return `| ${name} | ${own.toFixed(0)} | ${nanoseconds.toFixed(0)} |`
  })
  const head = ['| step | ns a line | up to here |', '|---|---|---|']
  return `## ${STEPS}\n\nWarm, in one process; start-up and compilation come on top.\n\n${[...head, ...rows].join('\n')}\n`
}

async function longTable(load: Load): Promise<string> {
  const rows: string[] = []
  for (const [name, each] of [
    ['the same', load],
    ['10 times the lines', { ...load, lines: load.lines * 10 }],
    ['newest first', { ...load, newestFirst: true }],
  ] as const) {
    const { seconds, peak } = await measure(patrolog(fileOf(each)))
    rows.push(`| ${name} | ${(each.lines / seconds / 1e6).toFixed(2)} | ${peak.toFixed(0)} |`)
  }
  return `## ${MEMORY}\n\n| input | M lines/s | peak RSS, MB |\n|---|---|---|\n${rows.join('\n')}\n`
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      lines: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      long: { type: 'boolean', default: false },
      'no-docs': { type: 'boolean', default: false },
    },
  })
  const load = { ...LOAD, lines: Number(values.lines ?? LOAD.lines) }
  const rounds = Number(values.rounds)
  const file = fileOf(load)
  const ready = existsSync(join(root, 'src/commands/replay.ts'))
  if (!ready) console.error('bench: no replay yet, floors only')
  const commands = [...floors(file), ...(ready ? [patrolog(file), timeline(file)] : [])]
  const body = table(await alternate(commands, rounds), load.lines)
  const parts = values.long && ready ? [stepTable(file), await longTable(load)] : []
  console.log([body, ...parts].join('\n'))
  if (ready && !values['no-docs']) writePage(page(load, file, rounds, body), parts, [STEPS, MEMORY])
}

await main()
