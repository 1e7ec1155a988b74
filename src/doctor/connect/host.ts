import { constants } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '../../config/types.ts'
import { findFiles } from '../../io/follow/find.ts'
import { stateFile, stateFolder } from '../../live/state.ts'
import { failed, ok, type Reached } from './result.ts'

/** Looks for the files that a single host follows, and whether its state can be written. */
export async function reachHost(config: Config): Promise<readonly Reached[]> {
  const paths = (config.sources ?? []).flatMap(({ files = [] }) => files)
  if (config.kafka !== undefined || paths.length === 0) return []
  return Promise.all([...paths.map(reachFiles), reachState(config)])
}

/** Files may come later; those that are there must be readable. */
async function reachFiles(path: string): Promise<Reached> {
  const what = `files ${path}`
  const source = { paths: [path], kind: 'logs' as const, firstTime: () => null }
  const found = [...(await findFiles([source], () => false)).keys()]
  const closed = await refused(found)
  if (closed.length > 0) return failed(what, `not readable: ${closed.join(', ')}`)
  return ok(what, found.length === 0 ? 'none there yet' : `${found.length} readable`)
}

async function refused(files: readonly string[]): Promise<readonly string[]> {
  const closed: string[] = []
  for (const file of files) await access(file, constants.R_OK).catch(() => closed.push(file))
  return closed
}

/** The folder, or the nearest one above it that is there, must be one that can be written, and so must what is in it. */
async function reachState(config: Config): Promise<Reached> {
  const folder = stateFolder(config)
  const what = `state ${folder}`
  let at = folder
  let found = await stat(at).catch(() => null)
  while (found === null && at !== dirname(at)) {
    at = dirname(at)
    found = await stat(at).catch(() => null)
  }
  if (found?.isDirectory() !== true) return failed(what, `${at}: expected a folder`)
  const why = (await closed(at, () => access(at, constants.W_OK))) ?? (await closedIn(stateFile(config)))
  if (why !== null) return failed(what, why)
  return ok(what, at === folder ? 'can be written' : 'is not there yet, and may be made')
}

/** One who ran the service as another user before owns its files still. */
async function closedIn(state: string): Promise<string | null> {
  for (const file of [state, `${state}-wal`]) {
    const why = await closed(file, async () => (await open(file, 'r+')).close())
    if (why !== null && !why.endsWith('ENOENT')) return why
  }
  return null
}

async function closed(path: string, attempt: () => Promise<void>): Promise<string | null> {
  return attempt().then(
    () => null,
    ({ code }: NodeJS.ErrnoException) => `${path}: cannot be written: ${code}`,
  )
}
