import { closeFile, openFile, stateOfOpen } from './file.ts'
import { countLines, readAt } from './lines.ts'

/** The newest lines of a file, without their ends. */
export interface Newest {
  readonly lines: readonly Buffer[]
  /** Number of the first of them, counted from 0; how many lines the file holds is that and theirs. */
  readonly first: number
}

const NEWLINE = 10
/** Lines are looked for in so many bytes at the end of a file, for each one that is wanted. */
const LINE = 512

/** At most `count` whole lines. None when the file is not there any more; throws when it may not be read. */
export function newestLines(path: string, count: number): Newest {
  const file = openFile(path)
  if (file === null) return { lines: [], first: 0 }
  try {
    const { size } = stateOfOpen(file)
    const from = Math.max(0, size - LINE * count)
    const tail = readAt(file.fd, from, size - from)
    const whole = from === 0 ? 0 : tail.indexOf(NEWLINE) + 1
    const lines = linesOf(tail.subarray(whole))
    const first = countLines(file.fd, from + whole) + Math.max(0, lines.length - count)
    return { lines: lines.slice(-count), first }
  } finally {
    closeFile(file)
  }
}

/** What stands behind the last end of a line is not finished. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0; ; ) {
    const end = bytes.indexOf(NEWLINE, from)
    if (end < 0) return lines
    lines.push(bytes.subarray(from, end))
    from = end + 1
  }
}
