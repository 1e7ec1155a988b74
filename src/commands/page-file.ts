import { type FileHandle, open, rm, stat, writeFile } from 'node:fs/promises'
import { UsageError } from '../config/problem.ts'

/** A file that is written at the end of a long work; whether that will do is known at its beginning. */
export interface PageFile {
  /** Writes the whole file anew. */
  write(text: string): Promise<void>
  /** Lets go of the file. One that was not written is as it was before. */
  close(): Promise<void>
}

/** What every page begins with. */
const HEAD = '<!DOCTYPE html>'

/** Opens the file that `--html` names. Throws a `UsageError` when it cannot be written, or is no page: a log, perhaps. */
export async function pageFile(path: string): Promise<PageFile> {
  const before = await stat(path).catch(() => null)
  if (before?.isFile() === true && before.size > 0 && !(await isPage(path)))
    throw new UsageError([`--html ${path}: expected a new file, or a page to be replaced, got something else`])
  const handle = await open(path, 'a').catch((error: Error) => {
    throw new UsageError([`--html ${path}: expected a file that can be written, got ${error.message}`], {
      cause: error,
    })
  })
  return before === null ? newFile(path, handle) : oldFile(handle)
}

/** A file that could be made is taken away until there is a page to be in it: who interrupts the work finds no empty one. */
async function newFile(path: string, made: FileHandle): Promise<PageFile> {
  await made.close()
  await rm(path)
  return { write: (text) => writeFile(path, text), close: async () => {} }
}

/** What was there is held open: a pipe would end for its reader with the first who lets go of it. */
function oldFile(handle: FileHandle): PageFile {
  return {
    async write(text) {
      if ((await handle.stat()).isFile()) await handle.truncate(0)
      await handle.writeFile(text)
    },
    close: () => handle.close(),
  }
}

async function isPage(path: string): Promise<boolean> {
  const handle = await open(path).catch(() => null)
  const head = await handle?.read(Buffer.alloc(HEAD.length), 0, HEAD.length, 0)
  await handle?.close()
  return head?.buffer.toString('latin1') === HEAD
}
