import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What one run leaves behind; a few minutes fit into memory and are packed at the end. */
export type Capture = { texts: Map<string, string[]> }

/** Epoch seconds with milliseconds. */
export const now = (): number => Date.now() / 1000

export function add({ texts }: Capture, file: string, text: string): void {
  const lines = texts.get(file) ?? []
  texts.set(file, lines)
  lines.push(`${text}\n`)
}

export const addJson = (to: Capture, file: string, record: object): void =>
  add(to, `${file}.jsonl`, JSON.stringify(record))

/** A member's line, as it came, and with its arrival as a shipper would deliver it. */
export function addLine(to: Capture, member: string, line: string): void {
  add(to, `${member}.log`, line)
  addJson(to, `${member}.stream`, { t: now(), line })
}

export async function save({ texts }: Capture, folder: string): Promise<void> {
  for (const [file, lines] of texts) await writeFile(join(folder, `${file}.gz`), gzipSync(lines.join(''), { level: 9 }))
}
