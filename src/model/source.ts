/** Where a line was read: a file and its line number from 1, or a record of a topic. */
export type Source =
  | { readonly file: string; readonly line: number }
  | { readonly topic: string; readonly partition: number; readonly offset: string; readonly index: number }

/** What a decision rests on: a line, verbatim, or a metric's reading. Times are epoch ms. */
export type Evidence =
  | { readonly source: Source; readonly time: number; readonly text: string }
  | { readonly metric: string; readonly time: number; readonly value: string | number }
