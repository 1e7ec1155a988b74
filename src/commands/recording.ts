import { relative, sep } from 'node:path'
import { names } from '../ingest/names.ts'
import { lineReader } from '../ingest/reader.ts'
import { findInputs } from '../io/files/find.ts'
import type { InputFile } from '../io/files/input.ts'

/** A line of a recorded run on its way to a topic. */
export interface Shipped {
  /** When it was written, epoch ms: what a shipper that keeps up sends at that time. */
  readonly time: number
  readonly file: string
  readonly kind: 'log' | 'capture'
  readonly cluster: string
  /** Null for a capture, which says it itself. */
  readonly member: string | null
  readonly text: string
}

/** All lines of a recorded run `<folder>/<cluster>/<member>/*` and its captures, as shippers that keep up send them. */
export async function shipped(folder: string): Promise<Shipped[]> {
  const inputs = await findInputs([folder])
  const lines: Shipped[] = []
  const cluster = inputs.find(({ kind }) => kind === 'log')?.identity.cluster as string
  for (const input of inputs) {
    const text = await textOf(input)
    const times = input.kind === 'capture' ? captureTimes(text) : logTimes(text)
    const file = relative(folder, input.name).split(sep).join('/')
    text.split('\n').forEach((line, index) => {
      const member = input.kind === 'capture' ? null : input.identity.member
      if (line !== '') lines.push({ time: times[index] as number, file, kind: input.kind, cluster, member, text: line })
    })
  }
  return lines.sort((a, b) => a.time - b.time)
}

async function textOf(input: InputFile): Promise<string> {
  const stream = input.open()
  const chunks: Uint8Array[] = []
  for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read()) chunks.push(chunk.slice())
  await stream.close()
  return Buffer.concat(chunks).toString('utf8')
}

function captureTimes(text: string): readonly number[] {
  return text.split('\n').map((line) => (line === '' ? 0 : Math.round(JSON.parse(line).t * 1000)))
}

/** A line without a time comes with the one before it. */
function logTimes(text: string): readonly number[] {
  const reader = lineReader({ zone: 'UTC', names: names() })
  reader.push(Buffer.from(text))
  reader.end()
  const times: number[] = []
  let time = 0
  for (let outcome = reader.next(); outcome !== 'end'; outcome = reader.next()) {
    if (outcome === 'line') time = Math.max(time, reader.record.time)
    times[reader.record.line - 1] = time
  }
  for (let index = 1; index < text.split('\n').length; index++) times[index] ??= times[index - 1] as number
  return times
}
