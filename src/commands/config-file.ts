import { readFile } from 'node:fs/promises'
import { loadConfig } from '../config/load.ts'
import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import { loadRules } from '../io/shelves.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'not readable for this user',
  EISDIR: 'expected a file, got a folder',
}

/** Reads a configuration file, checked against the shipped rules. Throws a UsageError with every problem. */
export async function loadConfigFile(file: string): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError([`--config ${file}: ${REASONS[cause.code ?? ''] ?? cause.message}`], { cause })
  })
  const rules = await loadRules()
  return loadConfig(
    text,
    file,
    rules.map(({ meta }) => meta),
  )
}
