import { close, open, read } from 'node:fs'
import { promisify } from 'node:util'

const openFile = promisify(open)
const readAt = promisify(read)
const closeFile = promisify(close)

/** Small: chunks are never written again, so what waits for the collector, or is kept for one line of it, is memory. */
export const CHUNK = 64 * 1024

/** A stretch of bytes that can be read at any place: a file, a member of a tar, a spilled stream. */
export interface Extent {
  readonly length: number
  open(): Promise<Handle>
}

/** An open extent; positions count from its start. */
export interface Handle {
  /** Reads up to `length` bytes into fresh memory; shorter only at the end. */
  read(position: number, length: number): Promise<Uint8Array>
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
        close: () => outer.close(),
      }
    },
  }
}

function handle(fd: number, offset: number, length: number, close: () => Promise<void>): Handle {
  let closing: Promise<void> | null = null
  return {
    read: (position, count) => readFully(fd, offset + position, Math.max(0, Math.min(count, length - position))),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

async function readFully(fd: number, position: number, length: number): Promise<Uint8Array> {
  // Not from the pool: a chunk kept as evidence would hold its neighbours.
  const buffer = Buffer.allocUnsafeSlow(length)
  let had = 0
  while (had < length) {
    const { bytesRead } = await readAt(fd, buffer, had, length - had, position + had)
    if (bytesRead === 0) break
    had += bytesRead
  }
  return had === length ? buffer : buffer.subarray(0, had)
}

/** The bytes of an extent in order. The next chunk is fetched while the caller works on the present one. */
export async function* forward(extent: Extent, chunk = CHUNK): AsyncGenerator<Uint8Array, void> {
  if (extent.length === 0) return
  const handle = await extent.open()
  let ahead: Promise<Uint8Array> | null = null
  try {
    let position = 0
    ahead = handle.read(0, chunk)
    for (;;) {
      const bytes: Uint8Array = await ahead
      position += bytes.length
      const more = bytes.length === chunk && position < extent.length
      ahead = more ? handle.read(position, chunk) : null
      ahead?.catch(() => {})
      if (bytes.length > 0) yield bytes
      if (ahead === null) return
    }
  } finally {
    await ahead?.catch(() => {})
    await handle.close()
  }
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
