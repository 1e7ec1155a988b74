import { dirname } from 'node:path'
import type { Log } from '../kafka/types.ts'
import { closeFile, type FileState, openFile, stateAt, stateOfOpen } from './file.ts'
import { type FollowSource, type FoundFile, findFiles, foldersOf, notFollowed } from './find.ts'
import { heads } from './heads.ts'
import { FollowedLog } from './log.ts'
import { offsetOf, type Place, type Saved } from './place.ts'
import { rotatedFrom } from './rotated.ts'
import type { Shelf } from './shelf.ts'
import { type Beginning, newLog } from './start.ts'

/** Files left alone: they have not changed since they were met. */
interface Quiet {
  readonly size: number
  readonly mtime: number
}

export interface LogsOptions {
  readonly sources: readonly FollowSource[]
  readonly shelf: Shelf
  /** Where files begin that were there before anything was followed, epoch ms. */
  readonly since: number
  readonly log: Log
  /** Lines are gone that were not read. */
  readonly onLost: (path: string, epoch: number, from: number, to: number) => void
}

/** A log that is followed and how it was found. */
export interface Followed {
  readonly file: FoundFile
  readonly log: FollowedLog
}

/** A log whose file is gone for so long is no longer waited for, ms. */
const GONE = 60_000
/** One that nobody has written to for so long is left alone until somebody does, ms. */
const QUIET = 86_400_000

/** What is there of a log: the file at its path, else the newest that rotation made of it. */
function standing(path: string): FileState | null {
  const older = (): readonly FileState[] => rotatedFrom(path).flatMap((each) => stateAt(each) ?? [])
  return stateAt(path) ?? older().reduce<FileState | null>((a, b) => (a !== null && a.mtime > b.mtime ? a : b), null)
}

/** The logs that there are: those that come up later are found by `look`. */
export class Logs {
  readonly followed = new Map<string, Followed>()
  readonly #options: LogsOptions
  readonly #quiet = new Map<string, Quiet>()
  /** Files met in folders that are no logs, by what they are. */
  readonly #refused = new Map<string, string>()
  /** Since when the file of a log is not there, epoch ms. */
  readonly #gone = new Map<string, number>()
  #heads = heads()
  #looked = false

  constructor(options: LogsOptions) {
    this.#options = options
  }

  /** Looks for files again. Gives the paths that are followed from now on, and those that are no longer. */
  async look(now: number): Promise<{ readonly come: readonly string[]; readonly gone: readonly string[] }> {
    const { sources, shelf } = this.#options
    const found = await findFiles(sources, (path) => this.followed.has(path) || shelf.get(path) !== undefined)
    this.#heads = heads()
    for (const { log } of this.followed.values()) this.#note(log)
    const come = [...found.values()].filter((file) => this.#take(file, now)).map(({ path }) => path)
    this.#looked = true
    for (const path of this.#quiet.keys()) if (!found.has(path)) this.#quiet.delete(path)
    for (const path of this.#refused.keys()) if (!found.has(path)) this.#refused.delete(path)
    const gone = [...this.followed.keys()].filter((path) => this.#isGone(path, found, now))
    for (const path of gone) this.#drop(path)
    return { come, gone }
  }

  /** Folders in which something may change. */
  folders(): ReadonlySet<string> {
    return new Set([...foldersOf(this.#options.sources), ...[...this.followed.keys()].map(dirname)])
  }

  close(): void {
    for (const { log } of this.followed.values()) log.close()
  }

  /** Whether a file is followed from now on. */
  #take(file: FoundFile, now: number): boolean {
    const { path } = file
    if (this.followed.has(path)) return false
    try {
      const saved = this.#begin(file, now)
      if (saved === null) return false
      const log = this.#open(path, saved, now)
      this.followed.set(path, { file, log })
      this.#note(log)
      return true
    } catch (error) {
      this.#refuse(path, (error as Error).message)
      return false
    }
  }

  #open(path: string, saved: Saved, now: number): FollowedLog {
    const { onLost, shelf } = this.#options
    const lost = (from: Place, to: Place): void => onLost(path, saved.epoch, offsetOf(from), offsetOf(to))
    const opened = new FollowedLog(path, saved, now, lost)
    opened.unsaved = shelf.get(path) === undefined
    return opened
  }

  #begin(file: FoundFile, now: number): Saved | null {
    const { path } = file
    const state = standing(path)
    if (state === null) return null
    const source = this.#options.sources[file.source] as FollowSource
    const known = this.#options.shelf.get(path)
    const quiet = this.#quiet.get(path)
    if (this.#isQuiet(state, known, quiet, now)) {
      this.#quiet.set(path, state)
      return null
    }
    if (known !== undefined) return known
    const refusal = notFollowed(file, source.kind) ?? this.#otherName(file)
    if (refusal !== null) {
      this.#refuse(path, refusal)
      return null
    }
    return newLog(path, this.#beginning(quiet, source), now)
  }

  /** What nobody writes to is left alone: old files pile up in folders. */
  #isQuiet({ size, mtime }: Quiet, known: Saved | undefined, quiet: Quiet | undefined, now: number): boolean {
    if (quiet !== undefined) return size === quiet.size && mtime === quiet.mtime
    if (known !== undefined) return mtime < now - QUIET && known.place.byte === size
    return !this.#looked && mtime < this.#since
  }

  #beginning(quiet: Quiet | undefined, { firstTime }: FollowSource): Beginning {
    if (quiet !== undefined) return { byte: quiet.size }
    return this.#looked ? 'start' : { since: this.#since, firstTime }
  }

  /** What came up while nobody looked is read from then on. */
  get #since(): number {
    return this.#options.shelf.lookedBefore ?? this.#options.since
  }

  #note({ path, heads: of }: FollowedLog): void {
    this.#heads.add(dirname(path), of, path)
  }

  /** A file renamed or copied within its folder is no other log. */
  #otherName({ path, given }: FoundFile): string | null {
    const file = given === null ? null : openFile(path)
    if (file === null) return null
    const same = this.#heads.find(dirname(path), file, stateOfOpen(file).size)
    closeFile(file)
    return same === undefined ? null : `the same as ${same}`
  }

  #refuse(path: string, why: string): void {
    if (this.#refused.get(path) === why) return
    this.#refused.set(path, why)
    this.#options.log('warn', 'file-not-followed', { file: path, why })
  }

  #isGone(path: string, found: ReadonlyMap<string, FoundFile>, now: number): boolean {
    if (found.has(path)) {
      this.#gone.delete(path)
      const { heard, behind } = (this.followed.get(path) as Followed).log
      if (behind || now - heard < QUIET) return false
      const state = standing(path)
      if (state !== null) this.#quiet.set(path, state)
      return true
    }
    const since = this.#gone.get(path) ?? now
    this.#gone.set(path, since)
    return now - since > GONE
  }

  #drop(path: string): void {
    this.followed.get(path)?.log.close()
    this.followed.delete(path)
    this.#gone.delete(path)
  }
}
