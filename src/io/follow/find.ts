import { dirname, resolve } from 'node:path'
import { classify } from '../files/classify.ts'
import type { Place as Named } from '../files/identity.ts'
import { walk } from '../files/walk.ts'
import { closeFile, openFile } from './file.ts'
import { readAt } from './lines.ts'
import { isPacked, pathBefore } from './rotated.ts'
import type { FirstTime } from './start.ts'

/** Files to follow. */
export interface FollowSource {
  /** Files, folders, globs. */
  readonly paths: readonly string[]
  readonly kind: 'logs' | 'metrics'
  readonly firstTime: FirstTime
}

/** A file that is there, as it was named. */
export interface FoundFile extends Named {
  /** Which of the sources it belongs to: the first that leads to it. */
  readonly source: number
}

/**
 * Files that the sources lead to now, by path; those that rotation has put aside are left out. `known`: logs that were read
 * before; one of which nothing is there but what rotation made of it stands for that.
 */
export async function findFiles(
  sources: readonly FollowSource[],
  known: (path: string) => boolean,
): Promise<ReadonlyMap<string, FoundFile>> {
  const found = new Map<string, FoundFile>()
  for (const [source, { paths }] of sources.entries())
    for (const { path, given } of await walk(paths, [], () => {})) {
      const whole = resolve(path)
      if (!found.has(whole) && !isPacked(whole))
        found.set(whole, { path: whole, given: shifted(path, whole, given), source })
    }
  for (const [path, file] of found) {
    const log = file.given === null ? undefined : pathBefore(path, (before) => found.has(before) || known(before))
    if (log === undefined) continue
    found.delete(path)
    if (!found.has(log)) found.set(log, { ...file, path: log })
  }
  return found
}

/** How many parts of the whole path are the folder that was given. */
function shifted(path: string, whole: string, given: number | null): number | null {
  return given === null ? null : given + parts(whole) - parts(path)
}

function parts(path: string): number {
  return path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..').length
}

/** Enough to judge a text by. */
const SNIFF = 4096

/** Why a file met in a folder is no log, or null. An empty one may become one. */
export function notFollowed({ path, given }: FoundFile, kind: FollowSource['kind']): string | null {
  if (given === null) return null
  const file = openFile(path)
  if (file === null) return null
  const head = readAt(file.fd, 0, SNIFF)
  closeFile(file)
  const found = classify(path, head)
  if (kind === 'metrics') return typeof found === 'object' && found.skip !== JSON_LINES ? found.skip : null
  return typeof found === 'object' ? found.skip : found === 'capture' ? 'readings, no log' : null
}

const JSON_LINES = 'JSON lines, neither a log nor a capture of Patroni REST polls'

/** Folders in which files of the sources may come up. */
export function foldersOf(sources: readonly FollowSource[]): readonly string[] {
  return sources.flatMap(({ paths }) =>
    paths.flatMap((path) => {
      const fixed = resolve(path.replace(/[^/]*[*?[{].*$/, '') || '.')
      return fixed === resolve(path) ? [fixed, dirname(fixed)] : [fixed]
    }),
  )
}
