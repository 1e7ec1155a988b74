import { plain } from '../report/plain.ts'
import type { PostedMessage } from './slack-channel.ts'

type Json = Readonly<Record<string, unknown>>

/** The channel as lines of text: first messages, with the answers in their thread below them. */
export function channelText(messages: readonly PostedMessage[]): string {
  const roots = messages.filter(({ threadTs }) => threadTs === null)
  return roots
    .flatMap((root) => [
      messageText(root, ''),
      ...messages.filter(({ threadTs }) => threadTs === root.ts).map((reply) => messageText(reply, '    ')),
    ])
    .join('\n')
}

function messageText({ blocks, text, edits, broadcast, threadTs }: PostedMessage, indent: string): string {
  const marks = [edits > 0 ? `edited ${edits} ×` : '', broadcast ? 'also in the channel' : ''].filter(
    (mark) => mark !== '',
  )
  const head = `${threadTs === null ? '#' : '↳'} ${plain(text)}${marks.length === 0 ? '' : `   (${marks.join(', ')})`}`
  const lines = [head, ...blocks.flatMap(blockLines).map((line) => `    ${plain(line)}`)]
  return `${lines.map((line) => `${indent}${line}`.trimEnd()).join('\n')}\n`
}

function blockLines({ type, text, fields, elements }: Json): string[] {
  if (type === 'header') return [`[ ${(text as Json).text} ]`]
  if (type === 'section' && Array.isArray(fields)) return pairLines(fields as Json[])
  if (type === 'section') return String((text as Json).text).split('\n')
  return (elements as Json[]).flatMap(richLines)
}

/** Fields stand in two columns: the left ones, then the right ones. */
function pairLines(fields: readonly Json[]): string[] {
  const column = (odd: number): string[] => fields.filter((_, at) => at % 2 === odd).flatMap(fieldLines)
  return [...column(0), ...column(1)]
}

function fieldLines({ type, text }: Json): string[] {
  return (type === 'mrkdwn' ? String(text).replaceAll('*', '') : String(text)).split('\n')
}

function richLines({ type, elements }: Json): string[] {
  const lines = (elements as Json[])
    .map(({ text }) => text)
    .join('')
    .split('\n')
  return type === 'rich_text_preformatted' ? lines.map((line) => `│ ${line}`) : lines
}
