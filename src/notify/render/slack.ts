import type { SlackMessage } from '../../model/sending.ts'
import { type Doc, LABEL, type Mark, type Part } from './doc.ts'
import { layout } from './table.ts'
import { clip } from './text.ts'

/** Slack's limits (characters; blocks of a message), and the length at which a message as a whole is refused, with room. */
const HEADER = 150
const SECTION = 3_000
const FIELD = 2_000
const BLOCKS = 50
const WHOLE = 9_500

const SIGN: Readonly<Record<Mark, string>> = { critical: '🔴', warning: '🟠', info: '🔵', good: '🟢', neutral: '⚪' }

type Block = Readonly<Record<string, unknown>>

/**
 * Writes a message in Slack's blocks. What comes from logs stands in `plain_text` and `rich_text`, in which nothing is
 * markup; only the fallback and links are `mrkdwn`, and escaped.
 */
export function slackMessage(doc: Doc): SlackMessage {
  const parts = [...doc.parts]
  const header: Block = { type: 'header', text: plainText(`${SIGN[doc.mark]} ${doc.title}`, HEADER) }
  let blocks = [header, ...parts.flatMap(blocksOf)]
  while ((blocks.length > BLOCKS || size(blocks) > WHOLE) && parts.length > 1) {
    parts.splice(leastNeeded(parts), 1)
    blocks = [header, ...parts.flatMap(blocksOf)]
  }
  while (blocks.length > BLOCKS || size(blocks) > WHOLE) blocks = blocks.slice(0, -1)
  return { text: escaped(`${SIGN[doc.mark]} ${doc.brief}`), blocks }
}

const size = (blocks: readonly Block[]): number => JSON.stringify(blocks).length

function leastNeeded(parts: readonly Part[]): number {
  let at = 0
  for (const [index, part] of parts.entries()) if (part.rank >= (parts[at] as Part).rank) at = index
  return at
}

/** Slack's three characters that begin markup and references. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function blocksOf(part: Part): Block[] {
  switch (part.part) {
    case 'paragraph':
      return [{ type: 'section', text: plainText(part.text, SECTION) }]
    case 'pair':
      return [pair(part.says, part.does)]
    case 'quotes':
      return [rich(LABEL.quotes, part.quotes.map(({ text, source }) => `${text}\n  └ ${source}`).join('\n'), true)]
    case 'list':
      return listed(part.items).map((text, at) => rich(at === 0 ? part.label : null, text, false))
    case 'table':
      return [rich(null, layout([part.head, ...part.rows]).join('\n'), true)]
    case 'commands':
      return [rich(part.label, part.lines.join('\n'), true)]
    case 'link':
      return [{ type: 'section', text: link(part.label, part.url) }]
  }
}

/** Items as texts that each fit a block. */
function listed(items: readonly string[]): string[] {
  const texts: string[] = []
  for (const item of items) {
    const line = `• ${item}`
    const last = texts.at(-1)
    if (last !== undefined && last.length + line.length < SECTION) texts[texts.length - 1] = `${last}\n${line}`
    else texts.push(line)
  }
  return texts
}

function pair(says: readonly string[], does: readonly string[]): Block {
  return {
    type: 'section',
    fields: [
      { type: 'mrkdwn', text: `*${LABEL.says}*` },
      { type: 'mrkdwn', text: `*${LABEL.does}*` },
      plainText(says.join('\n') || 'nothing', FIELD),
      plainText(does.join('\n') || 'not measured', FIELD),
    ],
  }
}

/** A text of no characters is refused. */
function plainText(text: string, limit: number): Block {
  return { type: 'plain_text', text: clip(text, limit) || '–', emoji: false }
}

function rich(label: string | null, text: string, fixed: boolean): Block {
  const body = { type: 'text', text: clip(text, SECTION) }
  const heading = label === null ? [] : [{ type: 'text', text: fixed ? label : `${label}\n`, style: { bold: true } }]
  const elements = fixed
    ? [...(label === null ? [] : [section(heading)]), { type: 'rich_text_preformatted', elements: [body] }]
    : [section([...heading, body])]
  return { type: 'rich_text', elements }
}

const section = (elements: readonly object[]): object => ({ type: 'rich_text_section', elements })

function link(label: string, url: string): Block {
  if (!/^https?:\/\//.test(url)) return plainText(`${label}: ${url}`, SECTION)
  const target = url.replaceAll('&', '&amp;').replaceAll('|', '%7C').replaceAll('>', '%3E').replaceAll('<', '%3C')
  return { type: 'mrkdwn', text: clip(`<${target}|${escaped(label)}>`, SECTION) }
}
