import type { Part } from './part.ts'

/** `msg` of a line of the operator's text log, logfmt: a word, or quoted as Go quotes. */
export function operatorMessage(text: string): string {
  const quoted = / msg="((?:[^"\\]|\\.)*)"/.exec(text)
  if (quoted === null) return / msg=(\S+)/.exec(text)?.[1] ?? ''
  try {
    return JSON.parse(`"${quoted[1]}"`)
  } catch {
    return quoted[1] as string
  }
}

/** The cluster that a line is about, `<namespace>/<name>`. */
export function operatorCluster({ identity, text }: Part): string | null {
  return identity.cluster ?? / cluster-name="?([^" ]+)/.exec(text)?.[1] ?? null
}
