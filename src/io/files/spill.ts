import { closeSync, openSync, unlinkSync, write } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Extent, sharedExtent } from './extent.ts'

const writeAt = promisify(write)
let made = 0

/** A stream kept on disk, because it must be read again, backwards, or in parts. */
export interface Spill {
  readonly extent: Extent
  close(): void
}

/** A temporary file that is written to its end, and read at any place. */
export interface SpillFile {
  append(bytes: Uint8Array): Promise<void>
  /** What was appended. */
  extent(): Extent
  close(): void
}

/**
 * A temporary file. It loses its name at once, so that nothing stays behind however the program ends; its space is freed by
 * `close` or with the process.
 */
export function spillFile(): SpillFile {
  const fd = openUnnamed()
  let length = 0
  let open = true
  return {
    async append(bytes) {
      await writeFully(fd, bytes, length)
      length += bytes.length
    },
    extent: () => sharedExtent(fd, length),
    close: () => {
      if (open) closeSync(fd)
      open = false
    },
  }
}

/** Writes a stream to a temporary file. */
export async function spill(source: AsyncIterable<Uint8Array>): Promise<Spill> {
  const file = spillFile()
  try {
    for await (const bytes of source) await file.append(bytes)
  } catch (error) {
    file.close()
    throw error
  }
  return { extent: file.extent(), close: file.close }
}

function openUnnamed(): number {
  const path = join(tmpdir(), `patrolog-${process.pid}-${++made}.tmp`)
  const fd = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return fd
}

async function writeFully(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await writeAt(fd, bytes, done, bytes.length - done, position + done)).bytesWritten
  }
}
