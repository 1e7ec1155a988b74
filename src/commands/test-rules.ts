import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../config/problem.ts'
import { listStories } from '../io/own-rules.ts'
import { loadRules } from '../io/shelves.ts'
import { ownRules } from './rules.ts'

/** Runs the stories of an operator's own rules (`….test.ts` beside them). Exit status 1 when one fails. */
export async function testRules(folder: string): Promise<number> {
  if (!existsSync(folder)) throw new UsageError([`${folder}: no such folder`])
  const rules = await ownRules(folder, await loadRules())
  const files = await listStories(folder)
  if (files.length === 0) throw new UsageError([`${folder}: no stories, expected files named RULE.test.ts`])
  const untold = rules.filter(({ meta }) => !files.some((file) => file.includes(`${meta.id}.test.`)))
  for (const { meta } of untold) process.stderr.write(`patrolog: ${meta.id} has no stories\n`)
  return (await runStories(files)) && untold.length === 0 ? 0 : 1
}

/** Each file in a process of its own, which knows the names of the package. */
async function runStories(files: readonly string[]): Promise<boolean> {
  const { run } = await import('node:test')
  const { spec } = await import('node:test/reporters')
  const names = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? 'package-names.ts' : 'package-names.js', import.meta.url),
  )
  let passed = true
  const stream = run({ files: [...files], execArgv: ['--import', names], concurrency: 2 })
  stream.on('test:fail', () => {
    passed = false
  })
  const report = stream.compose(new spec())
  for await (const text of report) process.stdout.write(text as string)
  return passed
}
