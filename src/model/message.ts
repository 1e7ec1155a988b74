import type { EventType } from './event-type.ts'

export type Program = 'patroni' | 'postgres' | 'spilo' | 'pgqd' | 'operator' | 'wal-g' | 'pgbackrest'
export type Level = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'

/**
 * One message a program writes, and what it means. Data, not code.
 *
 * `text` is a template: literal text and holes.
 * - `{name}`      any text, as short as the rest of the template allows; the last hole runs to the end
 * - `{name:word}` one or more characters, none of them white space
 * - `{name:int}`  digits with an optional sign
 * - `{name:lsn}`  a position X/X
 * - `{{`, `}}`    a literal brace
 * White space must match exactly, but for runs of blanks inside literals, where one blank matches one or more.
 * A message that goes on over several lines is matched on its first line.
 */
export interface Message {
  readonly type: EventType
  readonly text: string
  /** Level it is written at; a line at another level still matches. */
  readonly level?: Level
  /** Level at which another process writes the same words, of something that is no matter here: such a line is noise. */
  readonly noiseAt?: Level
  /** First release with this wording. */
  readonly since?: string
  /** Last release with this wording. */
  readonly until?: string
  /** Source of the fact: file and function in Patroni, or the program. */
  readonly from?: string
  /** What it proves, and what it does not, in a sentence. */
  readonly means: string
  /** Whether it also stands on a line without time and level: the output of a helper program. */
  readonly bare?: true
  /** Parameters that the wording implies, e.g. `{ mode: 'immediate' }`. */
  readonly params?: Readonly<Record<string, string | null>>
  /** Message texts that this entry matches and no other entry does. */
  readonly samples: readonly string[]
}

export interface Shelf {
  readonly program: Program
  readonly messages: readonly Message[]
  /** Wordings of another language by the English ones that they stand for, with the same holes. */
  readonly translations?: Readonly<Record<string, string>>
}

/** A file of `parsers/` exports one shelf: the messages of one program on one subject. */
export function messages(program: Program, entries: readonly Message[]): Shelf {
  return { program, messages: entries }
}

/** The messages of a program in another language: they mean what the English ones mean. */
export function translations(program: Program, texts: Readonly<Record<string, string>>): Shelf {
  return { program, messages: [], translations: texts }
}
