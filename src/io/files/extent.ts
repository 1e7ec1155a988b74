import { close, open, read, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'

const openFile = promisify(open)
const readAt = promisify(read)
const closeFile = promisify(close)

/** Small enough to stay in the processor's cache from the read to the last look at it. */
export const CHUNK = 64 * 1024
/** Memory for what is read of all inputs at once, bytes, and the least that one of them may have of it. */
const FOR_ALL = 8 * 1024 * 1024
const LEAST = 8 * 1024

/** Bytes that are read at a time where so many inputs may be open. */
export function chunkAmong(inputs: number): number {
  return Math.max(LEAST, Math.min(CHUNK, Math.floor(FOR_ALL / Math.max(1, inputs))))
}

/** After so many chunks timers and signals have their turn. */
export const BREATH = 64

/** A stretch of bytes that can be read at any place: a file, a member of a tar, a spilled stream. */
export interface Extent {
  readonly length: number
  open(): Promise<Handle>
}

/** An open extent; positions count from its start. */
export interface Handle {
  /** Reads up to `length` bytes into fresh memory; shorter only at the end. */
  read(position: number, length: number): Promise<Uint8Array>
  /** Fills `target`; bytes read, fewer only at the end. Waits for the disk: a thread for each read costs more. */
  readInto(position: number, target: Uint8Array): number
  close(): Promise<void>
}

export function fileExtent(path: string, length: number): Extent {
  return {
    length,
    open: async () => {
      const fd = await openFile(path, 'r')
      return handle(fd, 0, length, () => closeFile(fd))
    },
  }
}

/** An extent of a file that stays open for as long as its owner says. */
export function sharedExtent(fd: number, length: number): Extent {
  return { length, open: async () => handle(fd, 0, length, async () => {}) }
}

/** A part of an extent. What lies beyond its end is cut off. */
export function part(whole: Extent, offset: number, length: number): Extent {
  const kept = Math.max(0, Math.min(length, whole.length - offset))
  return {
    length: kept,
    open: async () => {
      const outer = await whole.open()
      return {
        read: (position, count) => outer.read(offset + position, Math.max(0, Math.min(count, kept - position))),
        readInto: (position, target) =>
          outer.readInto(offset + position, target.subarray(0, Math.max(0, Math.min(target.length, kept - position)))),
        close: () => outer.close(),
      }
    },
  }
}

function handle(fd: number, offset: number, length: number, close: () => Promise<void>): Handle {
  let closing: Promise<void> | null = null
  return {
    read: (position, count) => readFully(fd, offset + position, Math.max(0, Math.min(count, length - position))),
    readInto: (position, target) => {
      const most = Math.max(0, Math.min(target.length, length - position))
      let had = 0
      while (had < most) {
        const read = readSync(fd, target, had, most - had, offset + position + had)
        if (read === 0) break
        had += read
      }
      return had
    },
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

async function readFully(fd: number, position: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(length)
  let had = 0
  while (had < length) {
    const { bytesRead } = await readAt(fd, buffer, had, length - had, position + had)
    if (bytesRead === 0) break
    had += bytesRead
  }
  return had === length ? buffer : buffer.subarray(0, had)
}

/** The bytes of an extent in order. A chunk is good until the next is asked for. */
export async function* forward(extent: Extent, chunk = CHUNK): AsyncGenerator<Uint8Array, void> {
  if (extent.length === 0) return
  const handle = await extent.open()
  const bytes = Buffer.allocUnsafeSlow(Math.min(chunk, extent.length))
  try {
    let position = 0
    for (let count = 1; position < extent.length; count++) {
      const had = handle.readInto(position, bytes)
      if (had === 0) return
      position += had
      yield had === bytes.length ? bytes : bytes.subarray(0, had)
      if (count % BREATH === 0) await setImmediate()
    }
  } finally {
    await handle.close()
  }
}

/** A longer hole is none: files of accounts and disks are that large, and hold nearly nothing. */
const MOST_HOLE = 2 ** 28

/** An extent without the zero bytes it begins with: a log that was truncated under its writer has a hole there. */
export async function behindHole(extent: Extent): Promise<Extent> {
  let hole = 0
  for await (const bytes of forward(extent)) {
    const at = bytes.findIndex((byte) => byte !== 0)
    if (at >= 0) return hole + at === 0 ? extent : part(extent, hole + at, extent.length)
    hole += bytes.length
    if (hole > MOST_HOLE) break
  }
  return extent
}

/** The first bytes of an extent. */
export async function headOf(extent: Extent, length: number): Promise<Uint8Array> {
  const handle = await extent.open()
  try {
    return await handle.read(0, length)
  } finally {
    await handle.close()
  }
}

/** The last bytes of an extent. */
export async function tailOf(extent: Extent, length: number): Promise<Uint8Array> {
  const handle = await extent.open()
  try {
    const from = Math.max(0, extent.length - length)
    return await handle.read(from, extent.length - from)
  } finally {
    await handle.close()
  }
}
