import { basename } from 'node:path'
import { isText } from './magic.ts'

/** What a file is, or why it is of no use: `skip` holds for files met in folders only. */
export type Class = 'log' | 'capture' | { readonly skip: string }

const OTHER_NAMES =
  /^(readme|license|changelog|notice|makefile|dockerfile)(\.|$)|^(meta|expected|observed|package)\.(json|txt)$/i
const OTHER_ENDINGS =
  /\.(md|rst|html?|css|[jt]s|py|sh|sql|ya?ml|toml|ini|conf|cfg|png|jpe?g|gif|svg|pdf|db|sqlite|pid|history)$/i

/** What holds a line in the exports of log stores. */
const ROWS =
  /"(?:textPayload|jsonPayload|message|@message|log|line|_raw|LogEntry|LogMessage|MESSAGE|event|short_message|values|rows|events|hits)"\s*:|"field"\s*:\s*"@message"|^\[\s*"\[?\d{4}-\d\d-\d\d/

/** Judges a file by its name and the first unpacked bytes. */
export function classify(name: string, head: Uint8Array): Class {
  const file = basename(name)
  if (OTHER_NAMES.test(file) || OTHER_ENDINGS.test(file)) return { skip: 'no log' }
  if (!isText(head.subarray(0, 4096))) return { skip: 'binary' }
  return classifyText(head)
}

/** Judges the text alone: what was named by the user is a log unless it is a capture. */
export function classifyText(head: Uint8Array): Class {
  const text = Buffer.from(head).toString('utf8').trimStart()
  const line = text.split('\n', 1)[0] as string
  if (!line.startsWith('{') && !line.startsWith('[')) return 'log'
  const keys = keysOf(line)
  if (keys === null) return /^[[{]\s*$/.test(line) && !ROWS.test(text) ? { skip: 'a JSON document, no log' } : 'log'
  if (!keys.t) return 'log'
  return keys.member && keys.path
    ? 'capture'
    : { skip: 'JSON lines, neither a log nor a capture of Patroni REST polls' }
}

/** Whether a capture's keys are there; the line may be cut. */
function keysOf(line: string): { t: boolean; member: boolean; path: boolean } | null {
  try {
    const { t, member, path } = JSON.parse(line) ?? {}
    return { t: typeof t === 'number', member: typeof member === 'string', path: typeof path === 'string' }
  } catch {
    if (!line.startsWith('{"')) return null
    return { t: /"t":\s*\d/.test(line), member: /"member":\s*"/.test(line), path: /"path":\s*"\//.test(line) }
  }
}
