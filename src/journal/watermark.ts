import type { Frontiers } from './frontiers.ts'

/** An input is idle when its reader has stood at the end of its log for so long, ms. */
const IDLE = 10_000
/** A source this far behind its input, or silent for so long while its input goes on, no longer holds anybody back, ms. */
export const SILENT = 30_000
/** Workers' clocks agree within so much, ms, and records of the same time reach their partitions within so much. */
const SETTLE = 500
/** An input that no worker lists any more is forgotten after so long, ms: one worker may see it go before another. */
const UNLISTED = 60_000
/** One that nobody has listed for so long is not looked at any more either: it is not waited for, ms. */
const FADED = 5_000

/** How far one partition of an input has come. Times are epoch ms, NaN when not known. */
interface Input {
  readonly topic: string
  readonly partition: number
  epoch: number
  /** Latest event time read of it. */
  frontier: number
  /** Clock of its reader when that was read. */
  at: number
  /** Event time up to which it is complete because it stood idle: its last event time and the time elapsed since. */
  reach: number
  idle: boolean
  /** Idle for so long that it holds nobody back any more. */
  silent: boolean
  /** When its reader last found it so. */
  checked: number
  /** When its last record was appended. */
  appended: number
  /** Clock of the worker that listed it last. */
  listed: number
}

/** How far a writer within an input lay behind it when its latest line came, and how far the input was then. */
interface Lag {
  readonly input: string
  lag: number
  at: number
}

/** What `Watermark` knows, as plain data. */
export interface WatermarkState {
  readonly inputs: ReadonlyMap<string, Input>
  readonly lags: ReadonlyMap<string, Lag>
  readonly candidates: readonly Candidate[]
  readonly settled: number
  readonly readAt: number
  readonly listed: boolean
  readonly polled?: boolean
  readonly now: number
}

/** A watermark that holds once each idle input was found idle again, after what it rests on was read. */
interface Candidate {
  readonly readAt: number
  readonly time: number
}

/**
 * Event time up to which the input of one partition of the observations is complete: the least frontier of its inputs, less
 * the lateness, less what its slowest living source lies behind. Time comes from the records of the partition only.
 *
 * An input that was found idle may have got records since, of the same time as those of another that are read already: what
 * the others say counts only when the idle ones have been found idle again.
 */
export class Watermark {
  private readonly inputs = new Map<string, Input>()
  private readonly lags = new Map<string, Lag>()
  private candidates: Candidate[] = []
  private settled = Number.NEGATIVE_INFINITY
  /** Latest clock of a reader when it had read lines. */
  private readAt = Number.NEGATIVE_INFINITY
  /** Whether any worker has said which inputs there are. */
  private listed = false
  /** Whether there are readings that were asked for. */
  private polled = false
  /** Latest clock of any worker. */
  now = Number.NEGATIVE_INFINITY

  /** What a worker said of all inputs and of those it reads. */
  frontiers({ now, inputs, read }: Frontiers): void {
    this.now = Math.max(this.now, now)
    this.listed = true
    for (const { topic, partitions } of inputs)
      for (let partition = 0; partition < partitions; partition++) this.input(topic, partition, now).listed = now
    for (const { topic, partition, epoch, frontier, idle, checked, appended } of read) {
      this.advance(topic, partition, epoch, frontier, now)
      const input = this.input(topic, partition, now)
      // Who stands at the end of the log has read all that was appended until then, whatever stamps its records have.
      if (!Number.isNaN(appended)) input.appended = Math.max(appended, checked, input.appended || 0)
      input.idle = idle >= IDLE
      input.silent = idle >= SILENT
      input.checked = checked
      if (input.idle && !Number.isNaN(input.frontier)) input.reach = input.frontier + Math.max(0, checked - input.at)
    }
    for (const [key, { listed }] of this.inputs) if (now - listed > UNLISTED) this.inputs.delete(key)
  }

  /** Lines of an input partition came, and with them how far it was read then. */
  read(topic: string, partition: number, epoch: number, frontier: number, now: number): void {
    this.now = Math.max(this.now, now)
    // What was polled is of no input that could be waited for.
    if (Number.isNaN(frontier)) this.polled = true
    else this.advance(topic, partition, epoch, frontier, now)
  }

  private advance(topic: string, partition: number, epoch: number, frontier: number, now: number): void {
    const input = this.input(topic, partition, now)
    if (epoch !== input.epoch)
      Object.assign(input, { epoch, frontier: Number.NaN, reach: Number.NaN, appended: Number.NaN })
    if (Number.isNaN(frontier) || frontier <= input.frontier) return
    input.frontier = frontier
    input.at = now
    if (now > this.readAt) this.readAt = now
    input.idle = false
    input.silent = false
  }

  /** A source's latest line came `lag` ms behind the frontier its input had then. */
  lag(topic: string, partition: number, source: string, lag: number): void {
    const input = keyOf(topic, partition)
    const at = this.inputs.get(input)?.frontier ?? Number.NaN
    const known = this.lags.get(source)
    if (known === undefined) this.lags.set(source, { input, lag, at })
    else Object.assign(known, { lag, at })
  }

  /** Complete up to here, event time less `lateness`; -Infinity while an input is neither read nor known to be empty. */
  value(lateness: number): number {
    const time = this.candidate() - lateness
    const { candidates } = this
    // An idle input that has got records since may be behind what the others said meanwhile.
    while (candidates.length > 0 && (candidates.at(-1) as Candidate).time > time) candidates.pop()
    if (time > (candidates.at(-1)?.time ?? this.settled)) candidates.push({ readAt: this.readAt, time })
    let checked = Number.POSITIVE_INFINITY
    for (const input of this.inputs.values())
      if (input.idle && this.now - input.listed <= FADED) checked = Math.min(checked, input.checked)
    let passed = 0
    while (passed < candidates.length && (candidates[passed] as Candidate).readAt + SETTLE <= checked) passed++
    if (passed > 0) this.settled = (candidates[passed - 1] as Candidate).time
    candidates.splice(0, passed)
    return this.settled
  }

  private candidate(): number {
    if (!this.listed) return Number.NEGATIVE_INFINITY
    if (this.inputs.size === 0) return this.now
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    let silent = true
    for (const input of this.inputs.values()) {
      if (!input.silent) silent = false
      const reach = Number.isNaN(input.reach) ? input.frontier : Math.max(input.frontier, input.reach)
      if (Number.isNaN(reach) && !input.idle) return Number.NEGATIVE_INFINITY
      if (reach > most) most = reach
      if (reach < least && !input.silent) least = reach
    }
    // Where nobody ever spoke there are the readings that were asked for.
    if (most === Number.NEGATIVE_INFINITY) return silent && this.polled ? this.now : most
    // When nobody speaks any more, time goes on where it had come to.
    return Math.min(least, most) - this.slowest()
  }

  private slowest(): number {
    let most = 0
    for (const [source, { input, lag, at }] of this.lags) {
      const frontier = this.inputs.get(input)?.frontier ?? Number.NaN
      if (lag > SILENT || !(frontier - at <= SILENT)) this.lags.delete(source)
      else if (lag > most) most = lag
    }
    return most
  }

  /** How long ago the oldest record that is yet to be read was appended, ms: the backlog that is ours. */
  backlog(): number {
    let oldest = this.now
    for (const { idle, appended, frontier } of this.inputs.values()) {
      // Until its reader has said when, a record is taken to be appended when it was written.
      const read = Number.isNaN(appended) ? frontier : appended
      if (!idle && !Number.isNaN(read)) oldest = Math.min(oldest, read)
    }
    return Math.max(0, this.now - oldest)
  }

  snapshot(): WatermarkState {
    const { inputs, lags, candidates, settled, readAt, listed, polled, now } = this
    return { inputs, lags, candidates, settled, readAt, listed, polled, now }
  }

  restore(state: WatermarkState): void {
    for (const [key, input] of state.inputs) this.inputs.set(key, { ...input })
    for (const [key, lag] of state.lags) this.lags.set(key, { ...lag })
    this.candidates = [...state.candidates]
    this.settled = state.settled
    this.readAt = state.readAt
    this.listed = state.listed
    this.polled = state.polled === true
    this.now = state.now
  }

  private input(topic: string, partition: number, listed: number): Input {
    const key = keyOf(topic, partition)
    let input = this.inputs.get(key)
    if (input === undefined) {
      const unknown = { frontier: Number.NaN, at: Number.NaN, reach: Number.NaN, appended: Number.NaN }
      input = { topic, partition, epoch: -1, ...unknown, idle: false, silent: false, checked: 0, listed }
      this.inputs.set(key, input)
    }
    return input
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
