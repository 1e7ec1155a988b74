import { type Document, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { nearest } from './nearest.ts'
import { type Path, place } from './place.ts'
import { UsageError } from './problem.ts'
import { schema } from './schema.ts'
import type { Config, KnownRule } from './types.ts'

/**
 * Reads a configuration. `file` is only named in errors. Durations become ms, sizes bytes.
 * Throws a UsageError with every problem, each as `FILE:LINE:COLUMN SETTING: expected …, got …`.
 */
export function loadConfig(text: string, file: string, knownRules: readonly KnownRule[]): Config {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    throw new UsageError(
      document.errors.map(({ pos, message }) => {
        const { line, col } = lines.linePos(pos[0])
        return `${file}:${line}:${col} ${lowerFirst(message)}`
      }),
    )
  }
  const result = schema(knownRules).safeParse(valuesOf(document, file))
  if (result.success) return result.data
  const located = result.error.issues.flatMap((issue) => describe(issue, document, lines))
  located.sort((a, b) => a.line - b.line || a.column - b.column)
  throw new UsageError(located.map(({ line, column, problem }) => `${file}:${line}:${column} ${problem}`))
}

/** The document's values. An alias to nowhere, or one that unfolds without end, throws inside the parser. */
function valuesOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 }) ?? {}
  } catch (cause) {
    throw new UsageError([`${file}:1:1 ${lowerFirst((cause as Error).message)}`], { cause })
  }
}

interface Located {
  readonly line: number
  readonly column: number
  readonly problem: string
}

function describe(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): Located[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key] as Path
      return locate(path, unknownKey(issue.path as Path, key, issue.message), document, lines, true)
    })
  }
  return [locate(issue.path as Path, issue.message, document, lines, false)]
}

function locate(path: Path, message: string, document: Document, lines: LineCounter, ofKey: boolean): Located {
  const [line, column] = place(document, lines, path, ofKey).split(':').map(Number)
  const setting = path.length === 0 ? '' : `${path.join('.')}: `
  return { line: line as number, column: column as number, problem: `${setting}${message}` }
}

/** A list of two dozen rules helps nobody: the nearest name does. */
function unknownKey(path: Path, key: string, message: string): string {
  const known = /known are (.*)$/.exec(message)?.[1]?.split(', ') ?? []
  const what = path.at(-1) === 'rules' ? 'unknown rule' : 'unknown setting'
  if (known.join() === '') return `${what}; none is known here`
  const like = nearest(key, known)
  if (like !== undefined) return `${what}; did you mean ${like}?`
  return `${what}; known are ${known.join(', ')}`
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
