import { InputError, type InputFile } from './input.ts'
import { held, textOf } from './split.ts'

/** A larger one is not held in memory, bytes as stored. */
const LARGEST = 64 * 1024 * 1024
const LARGEST_TEXT = 4 * LARGEST

/** Tells whether a text that begins so is one document, and what its lines are. */
export interface Documents {
  /** `line` is the first line of the head, null where it does not end there. */
  mayBe(head: string, line: string | null): boolean
  rowsOf(text: string): readonly string[] | null
}

/** A document that a log store exported, as lines; any other file as it is. */
export async function unfolded(file: InputFile, { mayBe, rowsOf }: Documents): Promise<InputFile> {
  if (file.bytes > LARGEST || !(await begins(file, mayBe))) return file
  const text = await textOf(file, LARGEST_TEXT)
  const rows = text === null ? null : rowsOf(text)
  if (rows !== null) return held(file, rows, 0)
  // A pipe was read, and cannot be read again.
  if (file.bytes > 0) return file
  if (text !== null) return held(file, text.split('\n'), 0)
  throw new InputError('unsupported', [`${file.name}: one JSON document of more than 256 MiB, expected a row a line`])
}

async function begins(file: InputFile, mayBe: Documents['mayBe']): Promise<boolean> {
  const { head } = await file.peek(false)
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  const end = text.indexOf('\n')
  return mayBe(text, end < 0 ? null : text.slice(0, end))
}
