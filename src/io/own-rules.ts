import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Rule, Verdict } from '../model/rule.ts'
import { root } from '../root.ts'
import { listShelf } from './shelves.ts'

/** What is wrong with a folder of rules: a line each, with the file and what was expected. */
export class OwnRulesError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options)
    this.name = 'OwnRulesError'
    this.problems = problems
  }
}

let registered = false

/**
 * Lets files outside of the package import `patrolog/rule`, `patrolog/picture`, … (a file of src/model each) and
 * `patrolog/story`: a plain import from /etc would find no package of that name.
 */
export function registerPackageNames(): void {
  if (registered) return
  registered = true
  registerHooks({
    resolve(specifier, context, next) {
      const name = /^patrolog\/([a-z-]+)$/.exec(specifier)?.[1]
      const file = name === undefined ? null : fileOf(name)
      return file === null ? next(specifier, context) : { url: pathToFileURL(file).href, shortCircuit: true }
    },
  })
}

/** In a checkout the files are TypeScript, in the package JavaScript. */
function fileOf(name: string): string | null {
  const path = name === 'story' ? 'story/index' : `model/${name}`
  const file = ['.ts', '.js'].map((suffix) => join(root, 'src', `${path}${suffix}`)).find((each) => existsSync(each))
  return file ?? null
}

const STORIES = /\.test\.[jt]s$/

/** Stories of the rules in a folder. */
export async function listStories(folder: string): Promise<string[]> {
  return (await listShelf(folder)).filter((file) => STORIES.test(file))
}

/**
 * Rules of a folder, in the form of the shipped ones; files named `….test.ts` are their stories. What a rule throws is
 * told once by `onProblem`, and is no verdict. Throws an OwnRulesError with all that is wrong.
 */
export async function loadOwnRules(
  folder: string,
  shipped: readonly Rule[],
  onProblem: (problem: string) => void,
): Promise<Rule[]> {
  if (!existsSync(folder)) throw new OwnRulesError([`rulesDir: ${folder}: no such folder`])
  registerPackageNames()
  const taken = new Set(shipped.map(({ meta }) => meta.id))
  const [rules, problems]: [Rule[], string[]] = [[], []]
  for (const file of (await listShelf(folder)).filter((name) => !STORIES.test(name))) {
    const loaded = await loadOne(file)
    const id = basename(file).replace(/\.[jt]s$/, '')
    const wrong = typeof loaded === 'string' ? loaded : flaw(loaded, id, taken)
    if (wrong === null) rules.push(guarded(loaded as Rule, file, onProblem))
    else problems.push(`${file}: ${wrong}`)
    taken.add(id)
  }
  if (problems.length > 0) throw new OwnRulesError(problems)
  return rules
}

async function loadOne(file: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default ?? 'expected a default export'
  } catch (error) {
    return `cannot be loaded: ${(error as Error).message.split('\n', 1)[0]}`
  }
}

const TEXTS = ['summary', 'fires', 'ends', 'silent'] as const
const LISTS = ['mutedBy', 'inhibits', 'needs', 'blindSpots', 'falseAlarms', 'remedy'] as const

/** What keeps a value from being a rule, or null. */
function flaw(value: unknown, id: string, taken: ReadonlySet<string>): string | null {
  const { meta, check } = (value ?? {}) as { meta?: Record<string, unknown>; check?: unknown }
  if (typeof check !== 'function' || typeof meta !== 'object') return 'expected a rule: { meta, check }'
  if (meta.id !== id) return `expected the id ${id}, as the file is named, got ${String(meta.id)}`
  if (taken.has(id)) return `there is a rule ${id} already; choose another name`
  const text = TEXTS.find((key) => typeof meta[key] !== 'string')
  if (text !== undefined) return `meta.${text}: expected a text`
  const list = LISTS.find((key) => !Array.isArray(meta[key]))
  if (list !== undefined) return `meta.${list}: expected a list`
  if (meta.scope !== 'member' && meta.scope !== 'cluster') return 'meta.scope: expected member or cluster'
  if (!['critical', 'warning', 'info'].includes(String(meta.severity)))
    return 'meta.severity: expected critical, warning or info'
  if (typeof meta.for !== 'number') return 'meta.for: expected a number of ms'
  return typeof meta.params === 'object' && meta.params !== null ? null : 'meta.params: expected a mapping'
}

/** A rule that throws says nothing; the others go on. */
function guarded(rule: Rule, file: string, onProblem: (problem: string) => void): Rule {
  let told = false
  return {
    meta: rule.meta,
    *check(cluster, clock, params): Generator<Verdict> {
      try {
        yield* rule.check(cluster, clock, params)
      } catch (error) {
        if (!told) onProblem(`${file}: ${cluster.name}: ${(error as Error).message}`)
        told = true
      }
    },
  }
}
