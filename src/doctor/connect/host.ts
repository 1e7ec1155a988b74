import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '../../config/types.ts'
import { findFiles } from '../../io/follow/find.ts'
import { stateFolder } from '../../live/state.ts'
import { failed, ok, type Reached } from './result.ts'

/** Looks for the files that a single host follows, and whether its state can be written. */
export async function reachHost(config: Config): Promise<readonly Reached[]> {
  const paths = (config.sources ?? []).flatMap(({ files = [] }) => files)
  if (config.kafka !== undefined || paths.length === 0) return []
  return Promise.all([...paths.map(reachFiles), reachState(stateFolder(config))])
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

/** The folder, or the nearest one above it that is there, must be one that can be written. */
async function reachState(folder: string): Promise<Reached> {
  const what = `state ${folder}`
  let at = folder
  let found = await stat(at).catch(() => null)
  while (found === null && at !== dirname(at)) {
    at = dirname(at)
    found = await stat(at).catch(() => null)
  }
  if (found?.isDirectory() !== true) return failed(what, `${at}: expected a folder`)
  return access(at, constants.W_OK).then(
    () => ok(what, at === folder ? 'can be written' : 'is not there yet, and may be made'),
    ({ code }: NodeJS.ErrnoException) => failed(what, `${at}: cannot be written: ${code}`),
  )
}
