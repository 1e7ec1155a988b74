import { wrap } from '../../report/layout.ts'
import { type Doc, LABEL, type Part } from './doc.ts'
import { layout } from './table.ts'

const WIDTH = 78

/** A message as plain text. Quoted lines and commands are never broken: they are to be copied. */
export function mailText({ title, parts }: Doc): string {
  return `${[title, '='.repeat(Math.min(WIDTH, title.length)), ...parts.flatMap(linesOf)].join('\n')}\n`
}

function linesOf(part: Part): string[] {
  switch (part.part) {
    case 'paragraph':
      return ['', ...wrap(part.text, WIDTH)]
    case 'pair':
      return [
        '',
        `${LABEL.says}:`,
        ...indented(part.says.length === 0 ? ['nothing'] : part.says),
        '',
        `${LABEL.does}:`,
        ...indented(part.does.length === 0 ? ['not measured'] : part.does),
      ]
    case 'quotes':
      return [
        '',
        `${LABEL.quotes}:`,
        ...part.quotes.flatMap(({ text, source }) => [`  | ${text}`, `  |   (${source})`]),
      ]
    case 'list':
      return ['', `${part.label}:`, ...indented(part.items.map((item) => `- ${item}`))]
    case 'table':
      return ['', ...layout([part.head, ...part.rows]).map((line) => `  ${line}`)]
    case 'commands':
      return ['', `${part.label}:`, ...part.lines.map((line) => `  ${line}`)]
    case 'link':
      return ['', `${part.label}: ${part.url}`]
  }
}

function indented(texts: readonly string[]): string[] {
  return texts.flatMap((text) => wrap(text, WIDTH - 4).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`)))
}
