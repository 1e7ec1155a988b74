import { type Doc, LABEL, type Mark, type Part, type Quote } from './doc.ts'

const COLOUR: Readonly<Record<Mark, string>> = {
  critical: '#b3261e',
  warning: '#b26a00',
  info: '#0b57d0',
  good: '#1e7d32',
  neutral: '#5f6368',
}
const FIXED = 'font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px'
const CELL = 'padding:6px 10px;border:1px solid #dadce0;vertical-align:top;text-align:left'
const BOX = `${FIXED};background:#f6f8fa;border-left:3px solid #dadce0;padding:8px 10px;margin:6px 0;white-space:pre-wrap;word-break:break-word`

/** A message as a page for mail programs: styles stand in the elements, nothing is loaded, all texts are escaped. */
export function mailHtml({ title, mark, parts }: Doc): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${html(title)}</title></head>
<body style="margin:0;background:#ffffff;color:#202124;font:14px/1.45 system-ui,'Segoe UI',Arial,sans-serif">
<div style="max-width:760px;margin:0 auto;padding:12px">
<h1 style="font-size:18px;margin:0 0 10px;padding:10px 12px;color:#ffffff;background:${COLOUR[mark]}">${html(title)}</h1>
${parts.map(partHtml).join('\n')}
</div></body></html>
`
}

/** A text where markup stands. */
export function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

function partHtml(part: Part): string {
  switch (part.part) {
    case 'paragraph':
      return `<p style="margin:8px 0">${html(part.text)}</p>`
    case 'pair':
      return table([LABEL.says, LABEL.does], [[lines(part.says, 'nothing'), lines(part.does, 'not measured')]])
    case 'quotes':
      return [label(LABEL.quotes), ...part.quotes.map(quote)].join('\n')
    case 'list':
      return `${label(part.label)}<ul style="margin:4px 0;padding-left:20px">${part.items.map((item) => `<li>${html(item)}</li>`).join('')}</ul>`
    case 'table':
      return table(
        part.head,
        part.rows.map((row) => row.map(html)),
      )
    case 'commands':
      return `${label(part.label)}<pre style="${BOX}">${part.lines.map(html).join('\n')}</pre>`
    case 'link':
      return `<p style="margin:8px 0">${link(part.label, part.url)}</p>`
  }
}

const quote = ({ text, source }: Quote): string =>
  `<div style="${BOX}">${html(text)}<br><span style="color:#5f6368">${html(source)}</span></div>`

const label = (text: string): string => `<p style="margin:12px 0 2px;font-weight:600">${html(text)}</p>`

function lines(texts: readonly string[], none: string): string {
  return texts.length === 0 ? html(none) : texts.map(html).join('<br>')
}

/** Cells are markup already. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = Math.floor(100 / head.length)
  const top = head.map((cell) => `<th style="${CELL};background:#f6f8fa;width:${width}%">${html(cell)}</th>`).join('')
  const body = rows.map(
    (row) => `<tr>${row.map((cell) => `<td style="${CELL};word-break:break-word">${cell}</td>`).join('')}</tr>`,
  )
  return `<table style="border-collapse:collapse;width:100%;margin:8px 0"><tr>${top}</tr>${body.join('')}</table>`
}

function link(text: string, url: string): string {
  if (!/^https?:\/\//.test(url)) return `${html(text)}: ${html(url)}`
  return `<a href="${html(url)}" style="color:#0b57d0">${html(text)}</a>`
}
