import { find, wordOf } from './words.ts'

const [NEWLINE, RETURN] = [10, 13] as const
const NEWLINES = wordOf(NEWLINE)
/** A longer line is used by its head; the rest is passed over. */
const LONGEST_LINE = 1 << 20
/** Room for the begin of a line before a chunk; more is made when a line needs it. Many inputs may be open: it is made when bytes come. */
const ROOM = 32 * 1024

/**
 * The lines of a stream of bytes. All bytes pass through one piece of memory, so that reading allocates nothing: a line
 * is good until more bytes are pushed.
 */
export class LineWindow {
  bytes = new Uint8Array(0)
  view = new DataView(this.bytes.buffer)
  /** The present line, without its newline. */
  from = 0
  to = 0
  /** Its number, from 1. */
  line = 0
  /** Where the next line begins, and where the bytes at hand end. */
  at = 0
  filled = 0
  #ended = false
  /** Inside a line that is longer than we read: the rest up to its newline goes. */
  skipping = false

  /** Copies bytes behind what is left of those before. */
  push(chunk: Uint8Array): void {
    const rest = this.filled - this.at
    if (rest + chunk.length > this.bytes.length) this.#widen(rest + chunk.length)
    else if (rest > 0) this.bytes.copyWithin(0, this.at, this.filled)
    this.bytes.set(chunk, rest)
    this.at = 0
    this.filled = rest + chunk.length
    if (this.line === 0) this.#skipMark()
  }

  #widen(least: number): void {
    const wider = new Uint8Array(Math.max(2 * this.bytes.length, least + Math.min(ROOM, least >> 1)))
    wider.set(this.bytes.subarray(this.at, this.filled))
    this.bytes = wider
    this.view = new DataView(wider.buffer)
  }

  #skipMark(): void {
    if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf) this.at = 3
  }

  end(): void {
    this.#ended = true
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Moves to the next line, whose end the caller knows: a newline stands there. */
  take(end: number): void {
    this.from = this.at
    this.to = end
    this.at = end + 1
    this.line++
  }

  /**
   * Moves to the next line. False when the bytes at hand hold no whole one. `known` bytes at its begin were looked at
   * already: there is no newline in them.
   */
  next(known = 0): boolean {
    while (this.at < this.filled) {
      if (this.bytes[this.at] === 0 && this.#overHole()) return false
      let end = find(this.view, this.bytes, NEWLINES, this.at + known, this.filled)
      if (end === this.filled && !this.#ended) return end - this.at > LONGEST_LINE && this.#cut()
      this.from = this.at
      this.at = end + 1
      if (this.skipping) {
        this.skipping = false
        known = 0
        continue
      }
      this.line++
      if (end - this.from > LONGEST_LINE) end = this.from + LONGEST_LINE
      this.to = end > this.from && this.bytes[end - 1] === RETURN ? end - 1 : end
      return true
    }
    return false
  }

  /**
   * Passes over bytes of zero where a line begins: a file that was truncated under its writer has a hole there, before what
   * was written next. True when there is nothing behind them yet.
   */
  #overHole(): boolean {
    while (this.at < this.filled && this.bytes[this.at] === 0) this.at++
    return this.at === this.filled
  }

  /** Takes the head of a line whose end has not come yet. */
  #cut(): boolean {
    this.from = this.at
    this.to = this.at + LONGEST_LINE
    this.at = this.filled
    if (this.skipping) return false
    this.skipping = true
    this.line++
    return true
  }
}
