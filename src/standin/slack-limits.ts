/** Slack's documented limits on a message, in characters; the whole of the blocks as its users met it. */
const TEXT = 40_000
const BLOCKS = 50
const HEADER = 150
const SECTION = 3_000
const FIELDS = 10
const FIELD = 2_000
const WHOLE = 13_000

type Block = Readonly<Record<string, unknown>>
interface TextObject {
  readonly type?: unknown
  readonly text?: unknown
}

/** Slack's word for what is wrong with a message, or null. */
export function refusalOf(text: string, blocks: readonly Block[] | null): string | null {
  if (text === '' && (blocks === null || blocks.length === 0)) return 'no_text'
  if (text.length > TEXT) return 'msg_too_long'
  if (blocks === null) return null
  if (blocks.length > BLOCKS || blocks.some((block) => !isBlock(block))) return 'invalid_blocks'
  return JSON.stringify(blocks).length > WHOLE ? 'msg_blocks_too_long' : null
}

function isBlock(block: Block): boolean {
  if (block.type === 'header') return isText(block.text, HEADER) && (block.text as TextObject).type === 'plain_text'
  if (block.type === 'section') return isSection(block)
  if (block.type === 'rich_text') return isRichText(block.elements)
  return block.type === 'divider'
}

function isSection({ text, fields }: Block): boolean {
  if (text === undefined && fields === undefined) return false
  if (text !== undefined && !isText(text, SECTION)) return false
  return fields === undefined || (isList(fields, FIELDS) && fields.every((field) => isText(field, FIELD)))
}

function isRichText(elements: unknown): boolean {
  return (
    isList(elements, BLOCKS) &&
    elements.every((each) => RICH.has((each as Block).type) && isList((each as Block).elements, 200))
  )
}

const RICH = new Set<unknown>(['rich_text_section', 'rich_text_preformatted', 'rich_text_list', 'rich_text_quote'])

function isList(value: unknown, most: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.length <= most
}

function isText(value: unknown, most: number): boolean {
  const { type, text } = (value ?? {}) as TextObject
  return (
    (type === 'plain_text' || type === 'mrkdwn') && typeof text === 'string' && text.length > 0 && text.length <= most
  )
}
