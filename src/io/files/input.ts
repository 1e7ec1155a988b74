import type { Extent } from './extent.ts'

/** Who wrote a file, as far as its path says. */
export interface Identity {
  /** `<namespace>/<name>` where the namespace is known. */
  readonly cluster: string | null
  readonly member: string | null
  /**
   * How it is known: `path`, `file name`, `none`; `pod name` when the cluster is only the pod's name less its ordinal;
   * `headline` when words above the log in a text name the member.
   */
  readonly basis: 'path' | 'file name' | 'pod name' | 'headline' | 'none'
}

export const NOBODY: Identity = { cluster: null, member: null, basis: 'none' }

/** Bytes of one input, oldest line first. */
export interface ByteStream {
  /** The next chunk, at most 1 MiB, good until the next is asked for; null at the end. */
  read(): Promise<Uint8Array | null>
  /** Gives back what is held. May be called at any time, and more than once. */
  close(): Promise<void>
  /**
   * What went wrong on the way although bytes were had: `truncated gzip after 4096 bytes`. Final after the last read.
   */
  readonly problem: string | null
  /**
   * Numbers of the lines as they come: they count down when a newest-first file is handed out reversed. Valid after
   * the first read.
   */
  readonly lineNumbers: LineNumbers
}

export interface LineNumbers {
  readonly first: number
  readonly step: 1 | -1
}

/** One file, member of an archive, or the standard input. */
export interface InputFile {
  /** As shown in sources: the path as given, `archive:member`, `stdin`. */
  readonly name: string
  /** Size as stored, that is compressed, for progress; 0 when unknown (pipes). */
  readonly bytes: number
  /** `capture`: polls of the REST API, one JSON object a line. */
  readonly kind: 'log' | 'capture'
  readonly identity: Identity
  /** A pipe can be opened once. */
  open(): ByteStream
  /** The same file with its lines in reverse order: for files written newest first. */
  openReversed(): ByteStream
  /**
   * Head and tail of the text for a first look, 64 KiB each at most. The tail is null where it is costly and not asked
   * for.
   */
  peek(withTail?: boolean): Promise<Peek>
  /** Looks into the text each `every` bytes or so, `length` bytes at a time; a pipe gives none. */
  glimpses(every: number, length: number): AsyncIterable<Glimpse>
  /** All of the text, to be read at any place; packed text is unpacked to disk for it. Not for pipes. */
  whole(): Promise<Whole>
  /** Of a log that was cut out of a text: its lines and those of the same member around it, which tell who wrote it. */
  readonly around?: InputFile
}

/** Bytes of a text, and where they begin; the first and the last line of them may be cut. Good until the next is asked for. */
export interface Glimpse {
  readonly at: number
  readonly bytes: Uint8Array
}

export interface Whole {
  readonly extent: Extent
  /** The text cut at these places, which are begins of lines, ascending, each part as a file of its own. */
  cut(starts: readonly number[]): Promise<readonly InputFile[]>
}

/** Files that are one log cut by rotation, oldest first. */
export interface InputSequence {
  readonly identity: Identity
  /** Opened in turn; each gives its oldest line first, whatever its direction on disk. */
  readonly files: readonly InputFile[]
  /**
   * First and last readable stamp, epoch ms, read as UTC where the line names no zone; null when there is none, its
   * year is not written, or the end is packed too deep. Good for order, not for a verdict.
   */
  readonly from: number | null
  readonly to: number | null
}

export interface Peek {
  readonly head: Uint8Array
  readonly tail: Uint8Array | null
}

/** What the caller wants to hear while inputs are found and read. */
export interface InputHooks {
  /** Bytes read from storage since the last call; they add up to `bytes` of the files. */
  readonly onBytes?: (count: number) => void
  /** Something was left out, and why: one line. */
  readonly onNote?: (note: string) => void
}

export type InputFault = 'missing' | 'empty' | 'unsupported' | 'unreadable'

/** Inputs that cannot be read: all of them at once, a line each with the thing, the place, what was expected. */
export class InputError extends Error {
  readonly code: InputFault
  readonly problems: readonly string[]
  /** 2: the user named the wrong thing; 1: the system refused. */
  readonly exitCode: 1 | 2

  constructor(code: InputFault, problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options)
    this.name = 'InputError'
    this.code = code
    this.problems = problems
    this.exitCode = code === 'unreadable' ? 1 : 2
  }
}
