import { closeFile, type FileState, type OpenFile, openFile, stateAt, stateOfOpen } from './file.ts'
import { headOf } from './head.ts'
import { countLines, readAt } from './lines.ts'
import type { Begun, Saved } from './place.ts'
import { rotatedFrom } from './rotated.ts'
import { byAge, type Candidate } from './successor.ts'

/** Event time, epoch ms, of the first line of a text that has one, and at which of its bytes the line begins. */
export type FirstTime = (text: Uint8Array) => { readonly time: number; readonly byte: number } | null

/** Where a log begins: at its start, at a byte of its file, or at a time. */
export type Beginning = 'start' | { readonly byte: number } | { readonly since: number; readonly firstTime: FirstTime }

/** A log that was never read. Null when there is no file at the path. Throws when it may not be read. */
export function newLog(path: string, from: Beginning, epoch: number): Saved | null {
  const files = openAll(path, typeof from === 'object' && 'since' in from ? from.since : Number.POSITIVE_INFINITY)
  const first = files[0]
  if (first === undefined) return null
  const byte = startIn(first.file, first.state, from)
  const line = countLines(first.file.fd, byte)
  const begun = files.map(({ file, state: { inode, size, mtime } }, index): Begun => {
    const head = headOf(file.fd, size)
    closeFile(file)
    return { generation: index + 1, inode, head, mtime }
  })
  return { epoch, place: { generation: 1, byte, line }, files: begun }
}

/** The file at the path, and before it those that rotation made of it and that were written to since. */
function openAll(path: string, since: number): readonly Candidate[] {
  const live = opened(path)
  if (live === null) return []
  const older = rotatedFrom(path).flatMap((each) => {
    const state = stateAt(each)
    return state !== null && state.mtime >= since && state.inode !== live.state.inode ? (opened(each) ?? []) : []
  })
  return [...older.sort(byAge), live]
}

function opened(path: string): Candidate | null {
  const file = stateAt(path) === null ? null : openFile(path)
  return file === null ? null : { file, state: stateOfOpen(file) }
}

function startIn({ fd }: OpenFile, { size, mtime, born }: FileState, from: Beginning): number {
  if (from === 'start') return 0
  if ('byte' in from) return Math.min(from.byte, size)
  if (born >= from.since) return 0
  if (mtime < from.since) return size
  return search(fd, size, from.since, from.firstTime)
}

/** Bytes looked at to find a line with a time. */
const LOOK = 64 * 1024

/** Where the first line begins of that time or later; lines are taken to be in order. */
function search(fd: number, size: number, since: number, firstTime: FirstTime): number {
  let [low, high] = [0, size]
  let found = size
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const line = lineFrom(fd, middle, firstTime)
    if (line === null || line.time >= since) high = middle
    else low = middle + 1
    if (line !== null && line.time >= since) found = Math.min(found, line.byte)
  }
  return found
}

/** The first line with a time that begins at `byte` or later. */
function lineFrom(
  fd: number,
  byte: number,
  firstTime: FirstTime,
): { readonly time: number; readonly byte: number } | null {
  const before = byte === 0 ? 0 : byte - 1
  const text = readAt(fd, before, LOOK)
  const skipped = byte === 0 ? 0 : text.indexOf(10) + 1
  if (byte > 0 && skipped === 0) return null
  const line = firstTime(text.subarray(skipped))
  return line === null ? null : { time: line.time, byte: before + skipped + line.byte }
}
