import type { ByteStream, InputFile } from './input.ts'

/** Larger files are no reports that somebody put together by hand. */
const LARGEST = 256 * 1024
const LARGEST_TEXT = 4 * LARGEST
/** So much of either end is looked at first, bytes. */
const PEEK = 64 * 1024

interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Cuts the lines of a text into the logs that it is made of. `member`: whom what stands above a log names, or null; `of`: the
 * lines that tell who wrote it.
 */
export type Cutter = (
  lines: readonly string[],
) => readonly (Span & { readonly member: string | null; readonly of: Span })[]

/** Puts lines together that were broken, '' where their parts stood; null when none is. */
export type Mender = (lines: readonly string[]) => readonly string[] | null

/**
 * The logs that a small file holds one behind the other, each as a file of its own, lines that were broken put together; the file
 * itself when it is one log that needs no mending.
 */
export async function split(file: InputFile, mend: Mender, cut: Cutter): Promise<readonly InputFile[]> {
  if (file.bytes === 0 || file.bytes > LARGEST) return [file]
  const text = await textOf(file, LARGEST_TEXT)
  if (text === null) return [file]
  const given = text.replace(/\n$/, '').split('\n')
  const mended = mend(given)
  const lines = mended ?? given
  const parts = cut(lines)
  if (parts.length < 2) return [mended === null ? file : held(file, mended, 0)]
  return parts.map(({ from, to, member, of }) => ({
    ...held(named(file, member), lines.slice(from, to), from),
    around: held(file, lines.slice(of.from, of.to), of.from),
  }))
}

function named(file: InputFile, member: string | null): InputFile {
  return member === null ? file : { ...file, identity: { ...file.identity, member, basis: 'headline' } }
}

/** The text of a file; null when it is longer than `most` bytes, or cannot be read whole. */
export async function textOf(file: InputFile, most: number): Promise<string | null> {
  const stream = file.open()
  const chunks: Buffer[] = []
  let length = 0
  try {
    for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read()) {
      length += chunk.length
      if (length > most) return null
      chunks.push(Buffer.from(chunk))
    }
  } finally {
    await stream.close()
  }
  return stream.problem === null ? Buffer.concat(chunks).toString('utf8') : null
}

/** A file whose lines are these; the first is number `from` of it, counted from 0. */
export function held(file: InputFile, lines: readonly string[], from: number): InputFile {
  const bytes = Buffer.from(`${lines.join('\n')}\n`)
  const to = from + lines.length
  const reversed = (): Uint8Array => Buffer.from(bytes.toString('utf8').trimEnd().split('\n').reverse().join('\n'))
  return {
    ...file,
    bytes: 0,
    open: () => once(bytes, { first: from + 1, step: 1 }),
    openReversed: () => once(reversed(), { first: to, step: -1 }),
    peek: async () => ({ head: bytes.subarray(0, PEEK), tail: bytes.subarray(-PEEK) }),
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
