import type { ByteStream, InputFile } from './input.ts'

/** Larger files are no reports that somebody put together by hand. */
const LARGEST = 256 * 1024
const LARGEST_TEXT = 4 * LARGEST

/** Cuts the lines of a text into the logs that it is made of. */
export type Cutter = (lines: readonly string[]) => readonly { readonly from: number; readonly to: number }[]

/** The logs that a small file holds one behind the other, each as a file of its own; the file itself when it is one log. */
export async function split(file: InputFile, cut: Cutter): Promise<readonly InputFile[]> {
  if (file.bytes === 0 || file.bytes > LARGEST) return [file]
  const text = await textOf(file)
  if (text === null) return [file]
  const lines = text.split('\n')
  const parts = cut(lines)
  if (parts.length < 2) return [file]
  return parts.map(({ from, to }) => part(file, Buffer.from(`${lines.slice(from, to).join('\n')}\n`), from, to))
}

async function textOf(file: InputFile): Promise<string | null> {
  const stream = file.open()
  const chunks: Buffer[] = []
  let length = 0
  try {
    for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read()) {
      length += chunk.length
      if (length > LARGEST_TEXT) return null
      chunks.push(Buffer.from(chunk))
    }
  } finally {
    await stream.close()
  }
  return stream.problem === null ? Buffer.concat(chunks).toString('utf8') : null
}

function part(file: InputFile, bytes: Uint8Array, from: number, to: number): InputFile {
  const reversed = Buffer.from(Buffer.from(bytes).toString('utf8').trimEnd().split('\n').reverse().join('\n'))
  return {
    ...file,
    bytes: 0,
    open: () => once(bytes, { first: from + 1, step: 1 }),
    openReversed: () => once(reversed, { first: to, step: -1 }),
    peek: async () => ({ head: bytes, tail: bytes }),
  }
}

function once(bytes: Uint8Array, lineNumbers: ByteStream['lineNumbers']): ByteStream {
  let given = false
  return {
    async read() {
      if (given) return null
      given = true
      return bytes
    },
    async close() {},
    problem: null,
    lineNumbers,
  }
}
