import { closeFile, type OpenFile, openFile, stateAt, stateOfOpen } from './file.ts'
import { begins, type Head, headOf, isShort } from './head.ts'
import { countLines, holeOf, readAt, readLines } from './lines.ts'
import { type Marks, marks } from './marks.ts'
import { type Begun, MOST_FILES, offsetOf, type Place, type Saved } from './place.ts'
import { findBegun, successorOf } from './successor.ts'

/** Lines of a log that were read in one go. */
export interface Portion {
  readonly lines: readonly Buffer[]
  /** Offset of the first of them, and the one behind the last. */
  readonly from: number
  readonly next: number
  /** When the file was last written to, epoch ms. */
  readonly mtime: number
}

/** A file that takes the place of another stays empty until its writer turns to it; for so long at most, ms. */
const TURN = 5_000
const NUL = 0

/**
 * A log at a path, over all files that rotation makes of it: each is read to its end before the next is begun. Renamed files
 * are read on by what they are, not by their names; a file that is emptied is read on in its copy, where there is one.
 */
export class FollowedLog {
  readonly path: string
  readonly epoch: number
  /** Whether a file was begun that is not saved yet: its lines wait, so that its number stays its own. */
  unsaved = false
  /** When it last had lines, epoch ms. */
  heard: number
  /** Offset behind the last line given out; `next` goes beyond it when another file is begun. */
  given: number
  #files: Begun[]
  #place: Place
  #scanned: number
  #file: OpenFile | null = null
  /** Since when another file stands at the path, epoch ms; null while none does. */
  #turned: number | null = null
  /** Whether the file was found to be complete, and looked at once more. */
  #complete = false
  #behind = false
  readonly #marks: Marks
  readonly #lost: (from: Place, to: Place) => void

  /** Goes on where it had come to. `lost` hears when lines are gone that were not read. */
  constructor(path: string, saved: Saved, now: number, lost: (from: Place, to: Place) => void) {
    this.path = path
    this.epoch = saved.epoch
    this.heard = now
    this.#files = [...saved.files]
    this.#place = knownPlace(saved)
    this.#scanned = this.#place.byte
    this.#marks = marks(this.#place)
    this.given = this.next
    this.#lost = lost
  }

  /** Offset of the next line. */
  get next(): number {
    return offsetOf(this.#place)
  }

  /** Notes that all before an offset is done with; what is to be saved. */
  commit(offset: number): Saved {
    return { epoch: this.epoch, place: this.#marks.reached(offset), files: this.#files }
  }

  saved(): Saved {
    return this.commit(0)
  }

  /** What the files begin with that it was read from. */
  get heads(): readonly Head[] {
    return this.#files.map(({ head }) => head)
  }

  /** Whether there is more to read at once. */
  get behind(): boolean {
    return this.#behind
  }

  /** Reads on. Null when there is no whole line (now). Throws when a file may not be read. */
  read(now: number): Portion | null {
    this.#behind = false
    if (this.unsaved || !this.#opened()) return null
    const file = this.#file as OpenFile
    const { size, mtime } = stateOfOpen(file)
    if (this.#isOther(size, mtime)) {
      this.#leave()
      return null
    }
    this.#know(size, mtime)
    const { byte, line } = this.#place
    const from = this.next
    const read = readLines(file.fd, byte, this.#scanned, size, this.#complete)
    this.#scanned = read.scanned
    this.#behind = read.scanned < size
    if (read.lines.length === 0) {
      if (!this.#behind) this.#atEnd(now)
      return null
    }
    this.#move({ ...this.#place, byte: read.byte, line: line + read.lines.length })
    this.heard = now
    this.given = this.next
    return { lines: withoutMark(read.lines, byte), from, next: this.next, mtime }
  }

  /** Gives the file back. */
  close(): void {
    if (this.#file !== null) closeFile(this.#file)
    this.#file = null
  }

  get #current(): Begun {
    return this.#files.find(({ generation }) => generation === this.#place.generation) as Begun
  }

  #move(place: Place): void {
    this.#place = place
    this.#scanned = place.byte
    this.#marks.add(place)
  }

  /** Opens the file that is being read, or the next one when it is gone. */
  #opened(): boolean {
    if (this.#file !== null) return true
    this.#file = findBegun(this.path, this.#current, this.#place.byte)
    if (this.#file !== null) return true
    const before = this.#place
    const cut = this.#current.head.length === 0 ? null : findBegun(this.path, this.#current, 0)
    if (cut !== null) this.#beginCut(cut)
    else if (!this.#beginNext()) return false
    this.#lost(before, this.#place)
    return !this.unsaved
  }

  /** Whether the open file was emptied, cut, or written anew. */
  #isOther(size: number, mtime: number): boolean {
    const { head, mtime: before } = this.#current
    if (size < this.#place.byte || size < head.length) return true
    const changed = size !== this.#scanned || mtime !== before
    return changed && head.length > 0 && !begins((this.#file as OpenFile).fd, head)
  }

  /** The open file is another one now: what was not read of it is in a copy, or lost. */
  #leave(): void {
    const current = this.#current
    const file = this.#file as OpenFile
    const copy = current.head.length === 0 ? null : findBegun(this.path, { ...current, inode: '' }, this.#place.byte)
    if (copy !== null) this.#open(copy)
    else if (begins(file.fd, current.head)) this.#beginCut(file)
    else this.#begin(file, null)
  }

  /** Goes on in another file, or another name of it, where it is. */
  #open(file: OpenFile): void {
    if (this.#file !== null && this.#file !== file) closeFile(this.#file)
    this.#file = file
    this.#turned = null
    this.#complete = false
  }

  /** Keeps in mind what the file looks like now. */
  #know(size: number, mtime: number): void {
    const current = this.#current
    const file = this.#file as OpenFile
    const head = isShort(current.head, size) ? headOf(file.fd, size) : current.head
    const { inode } = stateOfOpen(file)
    if (head === current.head && inode === current.inode && mtime === current.mtime) return
    const known: Begun = { ...current, inode, head, mtime: Math.max(mtime, current.mtime) }
    this.#files = this.#files.map((each) => (each === current ? known : each))
  }

  /** At the end of the open file: goes on to the next one when its writer has. */
  #atEnd(now: number): void {
    const there = stateAt(this.path)
    if (there === null || there.inode === this.#current.inode) {
      this.#turned = null
      return
    }
    this.#turned ??= now
    if (there.size === 0 && now - this.#turned < TURN) return
    // Its writer may have written to it once more before it turned to the other.
    if (!this.#complete) this.#complete = true
    else if (!this.#beginNext()) this.#replaced()
  }

  /** What stands at the path may be a copy of the file, put in its place. */
  #replaced(): void {
    this.#complete = false
    const file = openFile(this.path)
    if (file === null) return
    if (begins(file.fd, this.#current.head)) this.#open(file)
    else closeFile(file)
  }

  #beginNext(): boolean {
    const next = successorOf(this.path, this.#current, this.#files)
    if (next !== null) this.#begin(next.file, next.generation)
    return next !== null
  }

  /** Begins a file: from its start, or where its writer left a hole in front. */
  #begin(file: OpenFile, known: number | null): void {
    const { size } = stateOfOpen(file)
    const hollow = size > 0 && readAt(file.fd, 0, 1)[0] === NUL
    this.#beginAt(file, known, { byte: hollow ? holeOf(file.fd, size) : 0, line: 0 })
  }

  /** Begins a file that was cut short behind what it holds still. */
  #beginCut(file: OpenFile): void {
    const { size } = stateOfOpen(file)
    this.#beginAt(file, null, { byte: size, line: countLines(file.fd, size) })
  }

  #beginAt(file: OpenFile, known: number | null, at: Pick<Place, 'byte' | 'line'>): void {
    const generation = known ?? Math.max(...this.#files.map((each) => each.generation)) + 1
    this.#open(file)
    if (known === null) {
      const { inode, size, mtime } = stateOfOpen(file)
      this.#files = [...this.#files, { generation, inode, head: headOf(file.fd, size), mtime }].slice(-MOST_FILES)
      this.unsaved = true
    }
    this.#move({ generation, ...at })
  }
}

/** So many rotations may have come since that the file of the place is no longer remembered. */
function knownPlace({ place, files }: Saved): Place {
  if (files.some(({ generation }) => generation === place.generation)) return place
  return { generation: (files[0] as Begun).generation, byte: 0, line: 0 }
}

/** A mark of the byte order in front of the first line says nothing. */
function withoutMark(lines: readonly Buffer[], byte: number): readonly Buffer[] {
  const [first, ...rest] = lines
  const marked = byte === 0 && first?.[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf
  return marked ? [first.subarray(3), ...rest] : lines
}
