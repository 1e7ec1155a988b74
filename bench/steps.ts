/**
 * What each step of a line's journey costs, warm, in one process: `steps.ts FILE` prints a JSON array of steps, each with
 * the ns a line of all steps up to it.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { names } from '../src/ingest/names.ts'
import { lineReader } from '../src/ingest/reader.ts'
import { compile } from '../src/ingest/recognise.ts'
import { LineWindow } from '../src/ingest/window.ts'
import { CHUNK } from '../src/io/files/extent.ts'
import { loadParsers } from '../src/io/shelves.ts'

export interface Step {
  readonly name: string
  readonly nanoseconds: number
}

/** The least of so many passes counts: the first ones compile. */
const PASSES = 6

type Take = (chunk: Uint8Array) => void

function eachChunk(file: string, take: Take): void {
  const handle = openSync(file, 'r')
  const buffer = Buffer.allocUnsafeSlow(CHUNK)
  for (let had = readSync(handle, buffer); had > 0; had = readSync(handle, buffer)) take(buffer.subarray(0, had))
  closeSync(handle)
}

function toLines(): Take {
  const window = new LineWindow()
  return (chunk) => {
    window.push(chunk)
    while (window.next());
  }
}

function toRecords(): Take {
  const reader = lineReader({ zone: 'UTC', names: names() })
  return (chunk) => {
    reader.push(chunk)
    while (reader.next() !== 'more');
  }
}

async function toEntries(): Promise<() => Take> {
  const recogniser = compile(await loadParsers())
  return () => {
    const reader = lineReader({ zone: 'UTC', names: names() })
    const { record } = reader
    return (chunk) => {
      reader.push(chunk)
      for (let outcome = reader.next(); outcome !== 'more'; outcome = reader.next())
        if (outcome === 'line' && record.phrase === null)
          recogniser.match(record.program, record.bytes, record.messageFrom, record.messageTo, record.joined)
    }
  }
}

function measure(file: string, lines: number, make: () => Take): number {
  let least = Number.POSITIVE_INFINITY
  for (let pass = 0; pass < PASSES; pass++) {
    const take = make()
    const before = process.cpuUsage()
    eachChunk(file, take)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, user + system)
  }
  return (least * 1000) / lines
}

async function main(file: string): Promise<void> {
  let lines = 0
  eachChunk(file, (chunk) => {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
  })
  const steps: readonly (readonly [string, () => Take])[] = [
    ['read the file', () => () => {}],
    ['find the lines', toLines],
    ['wrapper, prefix, time (`ingest/reader`)', toRecords],
    ['recognise', await toEntries()],
  ]
  const costs = steps.map(([name, make]): Step => ({ name, nanoseconds: measure(file, lines, make) }))
  console.log(JSON.stringify(costs))
}

if (import.meta.main) await main(process.argv[2] as string)
