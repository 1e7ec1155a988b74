import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { UsageError } from '../config/problem.ts'
import { type Config, EMPTY_CONFIG } from '../config/types.ts'
import { packageRoot } from '../root.ts'
import { type RawReplayOptions, readReplayOptions } from './options.ts'
import { configOf, drilling, steering } from './steering.ts'

/** Where the command that runs puts its exit status. */
interface Result {
  status: number
}

/** The command line. The command that runs puts its exit status into `result`; commands are imported when they run. */
export function program(result: Result): Command {
  const program = new Command('patrolog')
    .description('Reads what Patroni and PostgreSQL say, measures what they do, and tells when the two disagree.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  replaying(program, result)
  serving(program)
  checking(program, result)
  demonstrating(program, result)
  steering(program, result)
  drilling(program, result)
  return program
}

function replaying(program: Command, result: Result): void {
  program
    .command('replay')
    .description('replay recorded logs and readings: the timeline, the alerts with their evidence, a summary')
    .argument(
      '[path...]',
      'files (plain, .gz, .zst, .tar, .tar.gz), folders, globs, kafka:TOPIC, or - for the standard input',
    )
    .option('--metrics <path...>', 'captures of Patroni REST polls, one JSON object a line, or kafka:TOPIC')
    .option('--prometheus <url>', 'a Prometheus that scraped the members, from --from to --to')
    .option('--from <time>', 'leave out what happened before')
    .option('--to <time>', 'leave out what happened after')
    .option('--cluster <name>', 'the cluster, whatever the input says')
    .option('--member <name>', 'the member, where the input does not say')
    .option('--only <filter>', 'show only cluster=NAME,member=NAME; may be repeated', append)
    .option(
      '--timezone <zone>',
      'zone of log lines that do not name theirs (default: as lines beside them that do, else UTC)',
    )
    .option('--format <format>', 'text or jsonl (default: text)')
    .option('--kinds <kinds>', 'event,transition,alert,reject,late,summary (default: all)')
    .option('--fail-on <severity>', 'exit with status 3 when an alert was critical, or warning and graver')
    .option('--html <file>', 'also write the report as one page to be opened in a browser')
    .option(
      '--config <file>',
      'parameters of rules, what no log says of clusters and members, brokers and sources of topics',
    )
    .action(async (paths: string[], raw: RawReplayOptions & { config?: string }) => {
      const problems: string[] = []
      const config = await readConfig(raw.config, problems)
      const options = readReplayOptions(paths, raw, config, problems)
      if (problems.length > 0) throw new UsageError(problems)
      const { replay } = await import('./replay.ts')
      result.status = await replay(paths, options)
    })
}

function serving(program: Command): void {
  program
    .command('live')
    .description('the service: topics or files in, alerts out, until it is told to end')
    .requiredOption('--config <file>', 'brokers, sources, receivers')
    .option('--roles <roles>', 'ingest,correlate,notify: what this process does (default: all)')
    .action(async ({ config: file, roles }: { config: string; roles?: string }) => {
      const config = await configOf(file)
      const { live, readRoles } = await import('./live.ts')
      await live(config, readRoles(roles))
    })
}

/** What is looked at before it runs: a configuration, what comes, rules of one's own. */
function checking(program: Command, result: Result): void {
  program
    .command('check')
    .description('whether a configuration has errors, all of them with their places, and what it does')
    .requiredOption('--config <file>', 'the configuration')
    .option('--connect', 'also reach all that it names: brokers, metrics, receivers')
    .action(async ({ config: file, connect = false }: { config: string; connect?: boolean }) => {
      const { check } = await import('./check.ts')
      result.status = await check(file, connect)
    })
  program
    .command('doctor')
    .description(
      'who ships the records of each topic, or what each file holds; whose it is, how much is understood, what is wrong',
    )
    .requiredOption('--config <file>', 'brokers and sources')
    .option('--sample <n>', 'newest records of each topic, or lines of each file, looked at (default: 1000)')
    .option('--format <format>', 'text or json (default: text)')
    .action(async ({ config: file, sample, format }: { config: string; sample?: string; format?: string }) => {
      const config = await configOf(file)
      const { doctor, readFormat, readSample } = await import('./doctor.ts')
      result.status = await doctor(config, { sample: readSample(sample), format: readFormat(format) })
    })
  program
    .command('test-rules')
    .description('run the stories of your own rules: RULE.test.ts beside RULE.ts')
    .argument('<dir>', 'the folder of the rules')
    .action(async (folder: string) => {
      const { testRules } = await import('./test-rules.ts')
      result.status = await testRules(folder)
    })
}

function demonstrating(program: Command, result: Result): void {
  program
    .command('demo')
    .description(
      'play a recorded incident against local stand-ins for Slack and mail, and print what would have been sent',
    )
    .option('--keep', 'keep the channel readable in a browser until Ctrl-C')
    .option('--serve', 'only the stand-ins, on fixed ports, until told to end: for a service that runs elsewhere')
    .option('--feed <brokers>', 'only the incident, as of now and at its own pace, into topics of Kafka')
    .action(async ({ keep = false, serve = false, feed: brokers }: DemoOptions) => {
      if (brokers !== undefined) result.status = await (await import('./demo-feed.ts')).feed(brokers.split(','))
      else if (serve) result.status = await (await import('./demo-serve.ts')).serveStandIns()
      else result.status = await (await import('./demo.ts')).demo({ keep })
    })
}

interface DemoOptions {
  readonly keep?: boolean
  readonly serve?: boolean
  readonly feed?: string
}

function append(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** Reads `--config`; its problems join those of the options, so that all are told at once. */
async function readConfig(file: string | undefined, problems: string[]): Promise<Config> {
  try {
    return await configOf(file)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    problems.push(...error.problems)
    return EMPTY_CONFIG
  }
}

function version(): string {
  return JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version
}

/** The parser writes `error: …` and a suggestion on a second line. */
function oneLine(text: string): string {
  return `patrolog: ${text
    .trim()
    .replace(/^error: /, '')
    .replace(/\n/g, ' ')}\n`
}
