import type { PostedMessage } from './slack-channel.ts'

const STYLE = `body{font:15px/1.46 Lato,system-ui,sans-serif;color:#1d1c1d;margin:0 auto;max-width:820px;padding:12px}
h1{font-size:17px;border-bottom:1px solid #ddd;padding-bottom:8px}.m{border-top:1px solid #eee;padding:8px 0}.t{margin-left:40px;border-left:3px solid #ddd;padding-left:10px}
.h{font-weight:800;font-size:17px}.f{display:grid;grid-template-columns:1fr 1fr;gap:4px 16px}.ts{color:#666;font-size:12px}
pre{background:#f8f8f8;border:1px solid #ddd;border-radius:4px;padding:8px;font-size:12px;white-space:pre-wrap;word-break:break-word;margin:4px 0}
.s,.f div{white-space:pre-wrap;word-break:break-word;margin:4px 0}`

type Json = Readonly<Record<string, unknown>>

/** The channel as a person would see it: each message with its thread, newest last. */
export function channelPage(name: string, messages: readonly PostedMessage[]): string {
  const roots = messages.filter(({ threadTs }) => threadTs === null)
  const body = roots.map(
    (root) =>
      message(root) +
      messages
        .filter(({ threadTs }) => threadTs === root.ts)
        .map(message)
        .join(''),
  )
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>#${html(name)}</title><style>${STYLE}</style></head><body><h1>#${html(name)}</h1>${body.join('')}</body></html>`
}

function message({ ts, threadTs, broadcast, blocks, text, edits }: PostedMessage): string {
  const marks = `${edits > 0 ? ` (edited ${edits} ×)` : ''}${broadcast ? ' also sent to the channel' : ''}`
  const inner = blocks.length === 0 ? `<div class="s">${mrkdwn(text)}</div>` : blocks.map(block).join('')
  return `<div class="m${threadTs === null ? '' : ' t'}"><span class="ts">${ts}${marks}</span>${inner}</div>`
}

function block({ type, text, fields, elements }: Json): string {
  if (type === 'header') return `<div class="h">${object(text)}</div>`
  if (type === 'section' && Array.isArray(fields))
    return `<div class="f">${fields.map((field) => `<div>${object(field)}</div>`).join('')}</div>`
  if (type === 'section') return `<div class="s">${object(text)}</div>`
  if (type === 'rich_text') return (elements as Json[]).map(rich).join('')
  return '<hr>'
}

function rich({ type, elements }: Json): string {
  const inner = (elements as Json[])
    .map(({ text, style }) => ((style as Json | undefined)?.bold === true ? `<b>${html(text)}</b>` : html(text)))
    .join('')
  return type === 'rich_text_preformatted' ? `<pre>${inner}</pre>` : `<div class="s">${inner}</div>`
}

function object(value: unknown): string {
  const { type, text } = value as Json
  return type === 'mrkdwn' ? mrkdwn(String(text)) : html(text)
}

/** As Slack reads it: `<…>` is a link or calls somebody, `*…*` is bold, entities are what they stand for. */
function mrkdwn(text: string): string {
  return text
    .split(/(<[^<>]*>)/)
    .map((part) => (/^<[^<>]*>$/.test(part) ? reference(part.slice(1, -1)) : formatted(part)))
    .join('')
}

function reference(inside: string): string {
  const [target = '', label = target] = inside.split('|')
  if (/^[!@#]/.test(target)) return `<mark class="call">${html(target)}</mark>`
  return `<a href="${html(target)}">${formatted(label)}</a>`
}

function formatted(text: string): string {
  const literal = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  return html(literal).replace(/\*([^*\n]+)\*/g, '<b>$1</b>')
}

function html(text: unknown): string {
  return String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
