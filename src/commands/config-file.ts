import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isMap, parseDocument } from 'yaml'
import { loadConfig } from '../config/load.ts'
import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import { loadRules } from '../io/shelves.ts'
import type { Rule } from '../model/rule.ts'
import { allRules } from './rules.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'not readable for this user',
  EISDIR: 'expected a file, got a folder',
}

/**
 * Reads a configuration file, checked against the shipped rules and those of its `rulesDir`. Throws a UsageError with
 * every problem.
 */
export async function loadConfigFile(file: string): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError([`--config ${file}: ${REASONS[cause.code ?? ''] ?? cause.message}`], { cause })
  })
  const rulesDir = rulesDirOf(text, file)
  const config = await checked(text, file, rulesDir)
  return { ...config, ...placed(config, dirname(file)), ...(rulesDir === undefined ? {} : { rulesDir }) }
}

async function checked(text: string, file: string, rulesDir: string | undefined): Promise<Config> {
  const against = (rules: readonly Rule[]): Config =>
    loadConfig(
      text,
      file,
      rules.map(({ meta }) => meta),
    )
  const rules = await allRules(rulesDir).catch(async (error: unknown) => {
    const problems = problemsOf(error)
    const shipped = await loadRules()
    // Settings of the rules that could not be loaded are no mistakes of their own.
    const others = problemsOf(thrownBy(() => against(shipped))).filter((problem) => !/: unknown rule\b/.test(problem))
    throw new UsageError([...problems, ...others], { cause: error })
  })
  return against(rules)
}

/** Paths of logs and state, which are relative to the file. */
function placed({ sources, live }: Config, folder: string): Pick<Config, 'sources' | 'live'> {
  const inside = (path: string): string => resolve(folder, path)
  return {
    ...(sources && { sources: sources.map((of) => (of.files ? { ...of, files: of.files.map(inside) } : of)) }),
    ...(live && { live: live.state === undefined ? live : { ...live, state: inside(live.state) } }),
  }
}

/** Problems of a UsageError; throws on what is none. */
function problemsOf(error: unknown): readonly string[] {
  if (error === null) return []
  if (error instanceof UsageError) return error.problems
  throw error
}

function thrownBy(work: () => unknown): unknown {
  try {
    work()
    return null
  } catch (error) {
    return error
  }
}

/** Own rules are known before the settings of rules are read; what is wrong with the rest is told later. */
function rulesDirOf(text: string, file: string): string | undefined {
  const { contents } = parseDocument(text, { prettyErrors: false })
  const given: unknown = isMap(contents) ? contents.get('rulesDir') : undefined
  return typeof given === 'string' && given !== '' ? resolve(dirname(file), given) : undefined
}
