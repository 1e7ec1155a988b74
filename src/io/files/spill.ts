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

/**
 * Writes a stream to a temporary file. The file loses its name at once, so that nothing stays behind however the
 * program ends; its space is freed by `close` or with the process.
 */
export async function spill(source: AsyncIterable<Uint8Array>): Promise<Spill> {
  const fd = openUnnamed()
  let length = 0
  try {
    for await (const bytes of source) {
      await writeFully(fd, bytes, length)
      length += bytes.length
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
  let open = true
  return {
    extent: sharedExtent(fd, length),
    close: () => {
      if (open) closeSync(fd)
      open = false
    },
  }
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
