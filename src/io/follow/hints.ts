import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'

/** Tells early of what polling finds anyway. */
export interface Hints {
  /** Folders to look at from now on. */
  set(folders: ReadonlySet<string>): void
  close(): void
}

/** The system gives out so many only. */
const MOST = 512

/** `onHint` hears the path of a file that may have changed, and whether names in its folder have. */
export function hints(onHint: (path: string, renamed: boolean) => void): Hints {
  const watchers = new Map<string, FSWatcher>()

  function open(folder: string): void {
    try {
      const watcher = watch(folder, (event, name) =>
        onHint(name === null ? folder : join(folder, name), event === 'rename'),
      )
      watcher.on('error', () => drop(folder))
      watchers.set(folder, watcher)
    } catch {
      // Not there, or no more watches to be had: polling finds it.
    }
  }

  function drop(folder: string): void {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }

  return {
    set(folders) {
      for (const folder of watchers.keys()) if (!folders.has(folder)) drop(folder)
      for (const folder of folders) if (!watchers.has(folder) && watchers.size < MOST) open(folder)
    },
    close() {
      for (const folder of [...watchers.keys()]) drop(folder)
    },
  }
}
