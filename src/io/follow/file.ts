import { type BigIntStats, closeSync, fstatSync, openSync, statSync } from 'node:fs'

/** What is asked of a file. Times are epoch ms. */
export interface FileState {
  readonly inode: string
  readonly size: number
  readonly mtime: number
  /** When it came to be, where the file system tells; else when it was last changed. */
  readonly born: number
}

/** An open file, which stays readable when it is renamed or deleted. */
export interface OpenFile {
  readonly path: string
  readonly fd: number
}

/** Null when there is no such file, or it cannot be looked at (now). */
export function stateAt(path: string): FileState | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats?.isFile() ? stateOf(stats) : null
}

export function stateOfOpen({ fd }: OpenFile): FileState {
  return stateOf(fstatSync(fd, { bigint: true }))
}

/** Null when it is not there; throws when it may not be read. */
export function openFile(path: string): OpenFile | null {
  try {
    return { path, fd: openSync(path, 'r') }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

export function closeFile({ fd }: OpenFile): void {
  closeSync(fd)
}

function stateOf({ ino, size, mtimeMs, birthtimeMs }: BigIntStats): FileState {
  return { inode: String(ino), size: Number(size), mtime: Number(mtimeMs), born: Number(birthtimeMs) }
}
