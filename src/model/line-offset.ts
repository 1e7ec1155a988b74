/**
 * Lines of a log that is followed have offsets as records of a topic do: growing without end over all the files that
 * rotation makes of the log, and yet each tells its line number in its file.
 */
const LINES = 2 ** 32

/** Offset of a line, from 1, in the so-many-th file of its log, from 1. */
export function lineOffset(generation: number, line: number): number {
  return generation * LINES + line
}

/** The line number in an offset. */
export function lineOf(offset: number): number {
  return offset % LINES
}
