import type { ByteStream, InputFile, Whole } from './input.ts'

/** A larger file is cut where it lies: it is not held in memory. */
const LARGEST = 256 * 1024
const LARGEST_TEXT = 4 * LARGEST
/** So much of either end is looked at first, bytes. */
const PEEK = 64 * 1024
/** A larger file is looked into at so many places, but not closer than the bytes of a look: each holds some lines. */
const LOOKS = 1024
const LOOK = { log: 4 * 1024, capture: 16 * 1024 } as const
/** More parts are one log that runs back and forth. */
const MOST = 400
const NEWLINE = 10

interface Span {
  readonly from: number
  readonly to: number
}

/** A log in a text. `member`: whom what stands above it names, or null; `of`: the lines that tell who wrote it. */
export interface Log extends Span {
  readonly member: string | null
  readonly of: Span
}

/** Tells the logs apart that were put one behind the other into one text. */
export interface Cutter {
  /** Lines that were broken put together, '' where their parts stood; null when none is. */
  rejoined(lines: readonly string[]): readonly string[] | null
  logs(lines: readonly string[]): readonly Log[]
  /** Numbers of the glimpses before which another log begins, as far as their lines tell. */
  begins(glimpses: readonly (readonly string[])[]): readonly number[]
}

/**
 * The logs that a file holds one behind the other, each as a file of its own; the file itself when it is one log. In a small file
 * lines that were broken are put together.
 */
export async function split(file: InputFile, cutter: Cutter): Promise<readonly InputFile[]> {
  if (file.bytes === 0) return [file]
  if (file.bytes > LARGEST) return splitWhereItLies(file, cutter)
  const text = await textOf(file, LARGEST_TEXT)
  if (text === null) return splitWhereItLies(file, cutter)
  const given = text.replace(/\n$/, '').split('\n')
  const mended = file.kind === 'log' ? cutter.rejoined(given) : null
  const lines = mended ?? given
  const parts = cutter.logs(lines)
  if (parts.length < 2) return [mended === null ? file : held(file, mended, 0)]
  return parts.map(({ from, to, member, of }) => ({
    ...held(named(file, member), lines.slice(from, to), from),
    around: held(file, lines.slice(of.from, of.to), of.from),
  }))
}

function named(file: InputFile, member: string | null): InputFile {
  return member === null ? file : { ...file, identity: { ...file.identity, member, basis: 'headline' } }
}

async function splitWhereItLies(file: InputFile, cutter: Cutter): Promise<readonly InputFile[]> {
  const length = LOOK[file.kind]
  const places: number[] = []
  const looks: (readonly string[])[] = []
  for await (const { at, bytes } of file.glimpses(Math.max(length, Math.ceil(file.bytes / LOOKS)), length)) {
    places.push(at)
    looks.push(wholeLines(at, bytes).lines)
  }
  const begins = cutter.begins(looks)
  if (begins.length === 0) return [file]
  const whole = await file.whole()
  const starts = new Set<number>()
  for (const look of begins) {
    // Some lines before it tell how far time had come.
    const [from, to] = [places[look - 2] ?? 0, (places[look] as number) + length]
    for (const start of await startsIn(whole, from, to, cutter)) starts.add(start)
  }
  if (starts.size === 0 || starts.size > MOST) return [file]
  return whole.cut([...starts].sort((a, b) => a - b))
}

/** Where logs begin, but for the first, in the bytes between two places. */
async function startsIn({ extent }: Whole, from: number, to: number, cutter: Cutter): Promise<readonly number[]> {
  const handle = await extent.open()
  try {
    const { at, lines } = wholeLines(from, await handle.read(from, to - from))
    const begins = cutter.logs(lines).map((part) => part.from)
    let place = at
    return lines.flatMap((line, number) => {
      const start = place
      place += line.length + 1
      return number > 0 && begins.includes(number) ? [start] : []
    })
  } finally {
    await handle.close()
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** The lines that are whole in some bytes of a text, a character a byte, and where the first of them begins. */
function wholeLines(at: number, bytes: Uint8Array): { readonly at: number; readonly lines: readonly string[] } {
  const from = at === 0 ? 0 : bytes.indexOf(NEWLINE) + 1
  const lines = latin1(bytes.subarray(from)).split('\n')
  return { at: at + from, lines: lines.slice(0, -1) }
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
