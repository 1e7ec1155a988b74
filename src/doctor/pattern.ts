/** A pattern as the configuration has it: it must match the whole name. */
export function written({ source }: RegExp): string {
  return /^\^\(\?:(.*)\)\$$/s.exec(source)?.[1] ?? source
}
