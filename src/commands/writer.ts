import type { Writable } from 'node:stream'

/** Writes text in large pieces; what is printed line by line costs a system call each. */
export interface Writer {
  write(text: string): void
  /** Resolves when the system has taken what was written, or may soon: whoever reads it may be slow. */
  ready(): Promise<void> | undefined
  /** Resolves when everything was handed to the system. */
  end(): Promise<void>
}

const PIECE = 64 * 1024

export function writer(stream: Writable): Writer {
  let pieces: string[] = []
  let size = 0

  function flush(): void {
    if (size === 0) return
    stream.write(pieces.join(''))
    pieces = []
    size = 0
  }

  return {
    write(text) {
      if (text === '') return
      pieces.push(text)
      size += text.length
      if (size >= PIECE) flush()
    },
    ready() {
      if (!stream.writableNeedDrain) return undefined
      return new Promise((resolve) => {
        stream.once('drain', resolve)
      })
    },
    end() {
      flush()
      return new Promise((resolve) => {
        stream.write('', () => resolve())
      })
    },
  }
}
