import { UsageError } from '../config/problem.ts'
import { loadOwnRules, OwnRulesError } from '../io/own-rules.ts'
import { loadRules } from '../io/shelves.ts'
import type { Rule } from '../model/rule.ts'

/** The shipped rules, and those of the operator's folder if there is one. What is wrong with these is a UsageError. */
export async function allRules(rulesDir: string | undefined): Promise<Rule[]> {
  const shipped = await loadRules()
  return rulesDir === undefined ? shipped : [...shipped, ...(await ownRules(rulesDir, shipped))]
}

/** Rules of a folder alone. */
export async function ownRules(folder: string, shipped: readonly Rule[]): Promise<Rule[]> {
  try {
    return await loadOwnRules(folder, shipped, (problem) => process.stderr.write(`patrolog: ${problem}\n`))
  } catch (error) {
    if (error instanceof OwnRulesError) throw new UsageError(error.problems, { cause: error })
    throw error
  }
}
