import { type Extent, forward, part } from './extent.ts'
import type { Glimpse, InputFile, InputHooks, Whole } from './input.ts'
import { LineCount } from './reverse.ts'
import { spill } from './spill.ts'
import { COSTLY, isPlain, openBackward, openForward, peek, type Stored, unpacked } from './stream.ts'

/** A text where it is stored, as an input; its size is that of what is stored. */
export function textFile(
  named: Pick<InputFile, 'name' | 'bytes' | 'kind' | 'identity'>,
  stored: Stored,
  hooks: InputHooks,
): InputFile {
  stored.among.inputs++
  return {
    ...named,
    open: () => openForward(stored, hooks),
    openReversed: () => openBackward(stored, hooks),
    peek: (withTail = false) => peek(stored, withTail),
    glimpses: (every, length) => glimpses(stored, every, length),
    whole: () => whole(named, stored, hooks),
  }
}

async function* glimpses(stored: Stored, every: number, length: number): AsyncGenerator<Glimpse, void> {
  if (isPlain(stored)) yield* glimpsesOfExtent(stored.at, every, length)
  else if ('length' in stored.at && stored.at.length <= COSTLY) yield* glimpsesOfPacked(stored, every, length)
}

async function* glimpsesOfExtent(extent: Extent, every: number, length: number): AsyncGenerator<Glimpse, void> {
  const handle = await extent.open()
  const bytes = Buffer.allocUnsafeSlow(length)
  try {
    for (let at = 0; at < extent.length; at += every) yield { at, bytes: bytes.subarray(0, handle.readInto(at, bytes)) }
  } finally {
    await handle.close()
  }
}

/** What is packed has to be unpacked from its begin: each chunk is looked into. */
async function* glimpsesOfPacked(stored: Stored, every: number, length: number): AsyncGenerator<Glimpse, void> {
  let at = 0
  let next = 0
  for await (const bytes of unpacked(stored, { problem: null })) {
    if (at >= next) {
      yield { at, bytes: bytes.subarray(0, length) }
      next = at + every
    }
    at += bytes.length
  }
}

async function whole(
  named: Pick<InputFile, 'name' | 'bytes' | 'kind' | 'identity'>,
  stored: Stored,
  hooks: InputHooks,
): Promise<Whole> {
  const report = { problem: stored.problem }
  const plain = isPlain(stored)
  const extent = plain ? stored.at : (await spill(unpacked(stored, report))).extent
  return {
    extent,
    async cut(starts) {
      const lines = await linesBefore(extent, starts)
      return [0, ...starts].map((from, index) => {
        const length = (starts[index] ?? extent.length) - from
        const line = 1 + (lines[index - 1] ?? 0)
        // What ended the text too early is said of its last part.
        const problem = index === starts.length ? report.problem : null
        const at = part(extent, from, length)
        const of: Stored = { at, packing: 'plain', encoding: 'bytes', line, problem, among: stored.among }
        return textFile({ ...named, bytes: length }, of, plain ? hooks : {})
      })
    },
  }
}

/** How many lines end before each of the places. */
async function linesBefore(extent: Extent, places: readonly number[]): Promise<readonly number[]> {
  const numbers: number[] = []
  const count = new LineCount()
  let before = 0
  for (const place of places) {
    for await (const bytes of forward(part(extent, before, place - before))) count.add(bytes)
    before = place
    numbers.push(count.lines)
  }
  return numbers
}
