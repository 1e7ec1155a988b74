import { readSync } from 'node:fs'

/** Read at a time; also what a batch of lines holds at most, but for a longer line. */
const CHUNK = 256 * 1024
/** A longer line is used by its head. */
const LONGEST = 1024 * 1024
/** Bytes of one line that are passed over in one go. */
const STRIDE = 16 * CHUNK
const NEWLINE = 10

/** Whole lines from a place of a file on. */
export interface Lines {
  /** Without their ends. They share memory. */
  readonly lines: readonly Buffer[]
  /** Where the next line begins. */
  readonly byte: number
  /** Up to where the unfinished line behind them has no end. */
  readonly scanned: number
}

/**
 * Reads whole lines: from `byte` on, where none ends before `scanned`, of a file with `size` bytes. When nobody writes to it
 * any more (`complete`) its last line needs no end.
 */
export function readLines(fd: number, byte: number, scanned: number, size: number, complete: boolean): Lines {
  if (scanned - byte >= LONGEST) return longLine(fd, byte, scanned, size, complete)
  const chunk = readUntilLine(fd, byte, size)
  const end = chunk.lastIndexOf(NEWLINE) + 1
  if (end > 0) return { lines: split(chunk.subarray(0, end)), byte: byte + end, scanned: byte + end }
  if (chunk.length >= LONGEST) return { lines: [], byte, scanned: byte + chunk.length }
  if (complete && chunk.length > 0) return { lines: [chunk], byte: byte + chunk.length, scanned: byte + chunk.length }
  return { lines: [], byte, scanned: byte + chunk.length }
}

/** A chunk, or as much more as it takes to hold a whole line. */
function readUntilLine(fd: number, byte: number, size: number): Buffer {
  for (let length = CHUNK; ; length *= 2) {
    const wanted = Math.min(length, LONGEST, Math.max(0, size - byte))
    const chunk = readAt(fd, byte, wanted)
    if (chunk.length < length || length >= LONGEST || chunk.includes(NEWLINE)) return chunk
  }
}

/** Looks for the end of a line that is longer than what is used of it. */
function longLine(fd: number, byte: number, scanned: number, size: number, complete: boolean): Lines {
  const until = Math.min(size, scanned + STRIDE)
  for (let at = scanned; at < until; ) {
    const chunk = readAt(fd, at, Math.min(CHUNK, until - at))
    const end = chunk.indexOf(NEWLINE)
    if (end >= 0) return { lines: [readAt(fd, byte, LONGEST)], byte: at + end + 1, scanned: at + end + 1 }
    if (chunk.length === 0) break
    at += chunk.length
  }
  if (complete && until === size) return { lines: [readAt(fd, byte, LONGEST)], byte: size, scanned: size }
  return { lines: [], byte, scanned: until }
}

export function readAt(fd: number, byte: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  return bytes.subarray(0, readSync(fd, bytes, 0, length, byte))
}

function split(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from)
    lines.push(bytes.subarray(from, end))
    from = end + 1
  }
  return lines
}

/** Lines that end before a place. */
export function countLines(fd: number, byte: number): number {
  let lines = 0
  for (let at = 0; at < byte; ) {
    const chunk = readAt(fd, at, Math.min(CHUNK, byte - at))
    if (chunk.length === 0) break
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, end + 1)) lines++
    at += chunk.length
  }
  return lines
}

/**
 * Where the bytes begin that were written: a writer that does not append leaves zeros in front when its file is emptied
 * under it.
 */
export function holeOf(fd: number, size: number): number {
  for (let at = 0; at < size; ) {
    const chunk = readAt(fd, at, Math.min(CHUNK, size - at))
    const written = chunk.findIndex((byte) => byte !== 0)
    if (written >= 0) return at + written
    if (chunk.length === 0) break
    at += chunk.length
  }
  return size
}
