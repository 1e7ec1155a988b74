/** Width of a page, in characters, where nobody says how wide it is. */
export const WIDTH = 100

export type Paint = (text: string, colour: 'red' | 'yellow' | 'green' | 'dim' | 'bold') => string

/** What a text is written on. */
export interface Sheet {
  /** In characters. */
  readonly width: number
  readonly paint: Paint
}

/** Breaks a text into lines of at most `width`, at blanks where there are some. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width)
    const at = blank > width / 3 ? blank : width
    lines.push(rest.slice(0, at))
    rest = rest.slice(at).trimStart()
  }
  lines.push(rest)
  return lines
}

/** A text has at least so much room beside its label, in characters; else it stands below it. */
const LEAST = 24

/** A text behind a label: the first line beside it, the others below, indented alike. */
export function labelled(label: string, text: string, indent: number, width = WIDTH): string {
  const head = ' '.repeat(indent) + label
  const isBelow = width - head.length < LEAST
  const pad = ' '.repeat(isBelow ? indent + 2 : head.length)
  const [first, ...more] = wrap(text, Math.max(LEAST, width - pad.length))
  const lines = isBelow ? [head, pad + first] : [head + first]
  return [...lines, ...more.map((line) => pad + line)].map((line) => `${line.trimEnd()}\n`).join('')
}

/** A length of time in words: `42 s`, `3 min 5 s`, `6 h 12 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}
