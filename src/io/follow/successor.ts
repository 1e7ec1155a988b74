import { basename } from 'node:path'
import { rotationNumber } from '../../model/file-names.ts'
import { closeFile, type FileState, type OpenFile, openFile, stateAt, stateOfOpen } from './file.ts'
import { begins } from './head.ts'
import type { Begun } from './place.ts'
import { rotatedFrom } from './rotated.ts'

/** An open file that a log goes on in; `generation` when it was begun before. */
export interface Successor {
  readonly file: OpenFile
  readonly generation: number | null
}

/** Finds a file that was begun, by whatever name; it may be a copy. It must hold so many bytes. */
export function findBegun(path: string, begun: Begun, bytes: number): OpenFile | null {
  const all = candidates(path)
  const found =
    all.find(({ state, file }) => state.inode === begun.inode && state.size >= bytes && isSame(file, begun)) ??
    all.find(({ state, file }) => state.size >= bytes && begins(file.fd, begun.head))
  return keep(all, found)
}

/**
 * The file that comes after one that is read to its end: one begun before, else the oldest made since by rotation, else what
 * stands at the path now. Null when there is none.
 */
export function successorOf(path: string, current: Begun, files: readonly Begun[]): Successor | null {
  for (const begun of files) {
    const file = begun.generation > current.generation ? findBegun(path, begun, 0) : null
    if (file !== null) return { file, generation: begun.generation }
  }
  const all = candidates(path)
  const fresh = all
    .filter(({ file, state }) => !isKnown(file, state, current, files))
    .filter(({ file, state }) => file.path === path || (state.size > 0 && state.mtime >= current.mtime))
    .sort((a, b) => Number(a.file.path === path) - Number(b.file.path === path) || byAge(a, b))
  const file = keep(all, fresh[0])
  return file === null ? null : { file, generation: null }
}

export interface Candidate {
  readonly file: OpenFile
  readonly state: FileState
}

/** The one that was written to longest ago first; the file system's clock is coarse, so names count too. */
export function byAge(a: Candidate, b: Candidate): number {
  const [left, right] = [basename(a.file.path), basename(b.file.path)]
  return a.state.mtime - b.state.mtime || rotationNumber(right) - rotationNumber(left) || (left < right ? -1 : 1)
}

function candidates(path: string): Candidate[] {
  return [path, ...rotatedFrom(path)].flatMap((each) => {
    const file = stateAt(each) === null ? null : openFile(each)
    return file === null ? [] : [{ file, state: stateOfOpen(file) }]
  })
}

/** Closes all but one. */
function keep(all: readonly Candidate[], kept: Candidate | undefined): OpenFile | null {
  for (const each of all) if (each !== kept) closeFile(each.file)
  return kept?.file ?? null
}

function isSame(file: OpenFile, { head }: Begun): boolean {
  return head.length === 0 || begins(file.fd, head)
}

/** Whether a file is one that was begun, or a copy of one. */
function isKnown(file: OpenFile, { inode }: FileState, current: Begun, files: readonly Begun[]): boolean {
  const empty = current.head.length === 0 && inode === current.inode
  return empty || files.some(({ head }) => begins(file.fd, head))
}
