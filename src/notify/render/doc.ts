/**
 * A message before it is written in the language of a receiver. All texts in it may be shown as they are: masked, without
 * controls, of bounded length; a writer only escapes.
 */
export interface Doc {
  readonly title: string
  readonly mark: Mark
  /** One line for a notification. */
  readonly brief: string
  readonly parts: readonly Part[]
}

export type Mark = 'critical' | 'warning' | 'info' | 'good' | 'neutral'

export interface Quote {
  readonly text: string
  readonly source: string
}

/** Parts of a high rank are left out first when a message is too long. */
export type Part = { readonly rank: number } & (
  | { readonly part: 'paragraph'; readonly text: string }
  | { readonly part: 'pair'; readonly says: readonly string[]; readonly does: readonly string[] }
  | { readonly part: 'quotes'; readonly quotes: readonly Quote[] }
  | { readonly part: 'list'; readonly label: string; readonly items: readonly string[] }
  | { readonly part: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly part: 'commands'; readonly label: string; readonly lines: readonly string[] }
  | { readonly part: 'link'; readonly label: string; readonly url: string }
)

export const LABEL = { says: 'Logs say', does: 'What it does', quotes: 'Evidence' } as const
