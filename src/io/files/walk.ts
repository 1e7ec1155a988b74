import { globSync, type Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Place } from './identity.ts'
import type { InputFault } from './input.ts'

/** A path that leads to a file or a pipe. `stats` null: the standard input. */
export interface Found extends Place {
  /** What the user named to get here. */
  readonly argument: string
  readonly stats: Stats | null
}

export interface Problem {
  readonly fault: InputFault
  readonly text: string
}

/** Looks up what the user named. What is wrong is added to `problems`. */
export async function walk(
  paths: readonly string[],
  problems: Problem[],
  note: (text: string) => void,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const path of paths) found.push(...(await lookUp(path, problems, note)))
  return unique(found, note)
}

async function lookUp(path: string, problems: Problem[], note: (text: string) => void): Promise<readonly Found[]> {
  if (path === '-') return [{ argument: path, path: 'stdin', given: null, stats: null }]
  try {
    const stats = await stat(path)
    if (!stats.isDirectory()) return [{ argument: path, path, given: null, stats }]
    const within = await walkFolder(path, { argument: path, given: depth(path) }, note, new Set())
    if (within.length === 0) problems.push({ fault: 'empty', text: `${path}: no files in this folder, expected logs` })
    return within
  } catch (error) {
    if (isMissing(error) && /[*?[{]/.test(path)) return matching(path, problems, note)
    problems.push(describe(path, error))
    return []
  }
}

async function matching(glob: string, problems: Problem[], note: (text: string) => void): Promise<readonly Found[]> {
  const matches = globSync(glob).sort(byName)
  if (matches.length === 0) problems.push({ fault: 'missing', text: `${glob}: no file matches` })
  const parts = glob.split('/').filter((part) => part !== '' && part !== '.' && part !== '..')
  const given = Math.max(
    0,
    parts.findIndex((part) => /[*?[{]/.test(part)),
  )
  const found: Found[] = []
  for (const path of matches) found.push(...(await visit(path, { argument: glob, given }, note, new Set())))
  return found
}

type From = Pick<Found, 'argument'> & { readonly given: number }

/** Files below a folder, sorted by name, links followed, no folder twice. */
async function walkFolder(
  folder: string,
  from: From,
  note: (text: string) => void,
  seen: Set<string>,
): Promise<readonly Found[]> {
  const real = await realpath(folder)
  if (seen.has(real)) return []
  seen.add(real)
  const found: Found[] = []
  for (const name of (await readdir(folder)).sort(byName)) {
    if (!name.startsWith('.')) found.push(...(await visit(join(folder, name), from, note, seen)))
  }
  return found
}

async function visit(
  path: string,
  from: From,
  note: (text: string) => void,
  seen: Set<string>,
): Promise<readonly Found[]> {
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) return await walkFolder(path, from, note, seen)
    if (stats.isFile()) return [{ ...from, path, stats }]
    note(`${path}: left out, neither a file nor a folder`)
  } catch (error) {
    note(`${path}: left out, ${describe(path, error).text.slice(path.length + 2)}`)
  }
  return []
}

/** A file that is reached by several names (links, globs that overlap) is read once. */
function unique(found: readonly Found[], note: (text: string) => void): readonly Found[] {
  const first = new Map<string, string>()
  return found.filter(({ path, stats }) => {
    const key = stats === null ? '-' : stats.isFile() ? `${stats.dev}:${stats.ino}` : path
    const before = first.get(key)
    if (before === undefined) first.set(key, path)
    else if (before !== path) note(`${path}: left out, the same file as ${before}`)
    return before === undefined
  })
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..').length
}

/** Made when names are sorted, and for a single file there are none: it takes a fortieth of the start of a replay. */
let collator: Intl.Collator | undefined

export function byName(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true })
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)
}

const REASONS: Readonly<Record<string, readonly [InputFault, string]>> = {
  ENOENT: ['missing', 'no such file or folder'],
  ENOTDIR: ['missing', 'no such file or folder'],
  ENAMETOOLONG: ['missing', 'the name is too long'],
  EACCES: ['unreadable', 'not readable for this user'],
  EPERM: ['unreadable', 'not readable for this user'],
  ELOOP: ['unreadable', 'links lead in a circle'],
  ENXIO: ['unreadable', 'a socket, expected a file'],
  EMFILE: ['unreadable', 'too many open files'],
}

export function describe(path: string, error: unknown): Problem {
  const { code = '', message } = error as NodeJS.ErrnoException
  const [fault, reason] = REASONS[code] ?? ['unreadable', message.split('\n', 1)[0] as string]
  return { fault, text: `${path}: ${reason}` }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** The last part of a path, for messages and grouping. */
export function fileName(path: string): string {
  return basename(path)
}
