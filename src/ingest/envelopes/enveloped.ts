import type { Identity } from './identity.ts'

/** One record out of an envelope: a text of one or more lines, or one whose prefix came as fields. */
export interface Enveloped {
  readonly text: string
  readonly identity: Identity
  /** Distinguishes the writers of one member: stdout and stderr, files. */
  readonly stream: string
  /** A part of a longer line: join until the last part. */
  readonly partial: boolean
  /** Fields that stand for the prefix, where the log itself was JSON. */
  readonly fields: LogFields | null
  /** When the envelope says that it was written, for a text that does not; '' where it does not either. */
  readonly time: string
  /** Why there is no text though there was a line, else ''. */
  readonly missing: string
}

/** Prefix of a line that came as JSON fields. */
export interface LogFields {
  readonly program: 'patroni' | 'postgres' | 'operator'
  readonly time: string
  readonly level: string
  readonly sqlstate: string
}
