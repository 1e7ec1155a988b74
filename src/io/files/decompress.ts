import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'

/** What a stream has to tell besides its bytes. Filled in while it is read. */
export interface Report {
  problem: string | null
}

const OUT = 64 * 1024

/**
 * Decompresses a stream, several members or frames in a row included. Input that is cut or damaged ends the stream:
 * what was readable is given, and `report.problem` says where it ended. Memory is bounded whatever the ratio.
 */
export async function* decompressed(
  source: AsyncIterable<Uint8Array>,
  packing: 'gzip' | 'zstd',
  report: Report,
): AsyncGenerator<Uint8Array, void> {
  const input = source[Symbol.asyncIterator]()
  let rest: Uint8Array | null = null
  let total = 0
  try {
    do {
      const frame = new Frame(packing, input, rest)
      try {
        for (let bytes = await frame.next(); bytes !== null; bytes = await frame.next()) {
          total += bytes.length
          yield bytes
        }
      } finally {
        frame.close()
      }
      if (frame.error !== null) report.problem = describe(packing, frame.error, total)
      rest = frame.error === null && packing === 'zstd' ? await frame.leftover() : null
    } while (rest !== null)
  } finally {
    await input.return?.()
  }
}

function describe(packing: string, error: NodeJS.ErrnoException, total: number): string {
  if (error.code === 'Z_BUF_ERROR') return `truncated ${packing} after ${total} bytes`
  if (error.code?.startsWith('Z_') || error.code?.startsWith('ZSTD_'))
    return `damaged ${packing} after ${total} bytes: ${error.message}`
  throw error
}

/**
 * One decompressor, driven by hand: the stream classes drop what they had decoded when they meet an error, and Node's
 * zstd stops after one frame.
 */
class Frame {
  error: NodeJS.ErrnoException | null = null
  readonly #engine: Gunzip | ZstdDecompress
  readonly #input: AsyncIterator<Uint8Array>
  readonly #ready: Uint8Array[] = []
  #first: Uint8Array | null
  #last: Uint8Array = new Uint8Array(0)
  #fed = 0
  #idle = true
  #inputOver = false
  #ended = false
  #wake: () => void = () => {}

  constructor(packing: 'gzip' | 'zstd', input: AsyncIterator<Uint8Array>, first: Uint8Array | null) {
    this.#input = input
    this.#first = first
    this.#engine = packing === 'gzip' ? createGunzip({ chunkSize: OUT }) : createZstdDecompress({ chunkSize: OUT })
    this.#engine.on('data', (bytes: Uint8Array) => {
      this.#ready.push(bytes)
      this.#engine.pause()
      this.#wake()
    })
    this.#engine.on('error', (error) => {
      this.error = error
      this.#wake()
    })
    this.#engine.on('end', () => {
      this.#ended = true
      this.#wake()
    })
  }

  async next(): Promise<Uint8Array | null> {
    for (;;) {
      const bytes = this.#ready.shift()
      if (bytes !== undefined) return bytes
      if (this.error !== null || this.#ended) return null
      if (this.#idle && !this.#inputOver && !this.#full()) await this.#feed()
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#engine.resume()
      await woken
    }
  }

  /** The engine leaves input alone that lies behind the end of its frame. */
  #full(): boolean {
    return this.#engine.bytesWritten < this.#fed
  }

  async #feed(): Promise<void> {
    const chunk = await this.#chunk()
    if (chunk === null) {
      this.#inputOver = true
      this.#engine.end()
      return
    }
    this.#idle = false
    this.#last = chunk
    this.#fed += chunk.length
    this.#engine.write(chunk, () => {
      this.#idle = true
      this.#wake()
    })
  }

  async #chunk(): Promise<Uint8Array | null> {
    const first = this.#first
    this.#first = null
    if (first !== null) return first
    const next = await this.#input.next()
    return next.done === true ? null : next.value
  }

  /** Input behind the end of the frame, or null when there is none. */
  async leftover(): Promise<Uint8Array | null> {
    const unused = this.#fed - this.#engine.bytesWritten
    if (unused > 0) return this.#last.subarray(this.#last.length - unused)
    return this.#inputOver ? null : this.#chunk()
  }

  close(): void {
    this.#engine.on('error', () => {})
    this.#engine.destroy()
  }
}
