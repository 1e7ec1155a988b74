import { CommanderError } from 'commander'
import { UsageError } from '../config/problem.ts'
import { KafkaError } from '../io/kafka/types.ts'
import { mask } from '../report/mask.ts'
import { program } from './program.ts'

/** Exit status of the program. */
const EXIT = { done: 0, failed: 1, usage: 2, failOn: 3 } as const

/** Runs one command line and gives its exit status. Errors are said on stderr, a line each, never with a stack. */
export async function run(args: readonly string[]): Promise<number> {
  guardOutput()
  const result = { status: EXIT.done as number }
  try {
    await program(result).parseAsync(args, { from: 'user' })
    return result.status
  } catch (error) {
    return report(error)
  }
}

/** Whoever reads our output may stop early (`| head`): that is no error, and there is nobody left to write for. */
function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.done)
      process.exit(report(error))
    })
  }
  process.on('uncaughtException', (error) => process.exit(report(error)))
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof UsageError) {
    for (const problem of error.problems) say(problem)
    return EXIT.usage
  }
  sayUnexpected(error)
  return EXIT.failed
}

function sayUnexpected(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  const line = text.split('\n', 1)[0] as string
  if (process.env.PATROLOG_DEBUG === '1' && error instanceof Error) say(error.stack ?? text)
  // The system's own words (ENOSPC: no space left on device, …), and what brokers answer, need no report.
  else if (error instanceof KafkaError || (error instanceof Error && 'syscall' in error)) say(line)
  else say(`unexpected: ${line} (PATROLOG_DEBUG=1 shows where; please report it)`)
}

/** What is quoted may hold secrets: a URL with a password, a line of a log. */
function say(line: string): void {
  process.stderr.write(`patrolog: ${mask(line)}\n`)
}
