import type { Source } from './log-source.ts'

/** Called with the source that stands at the earliest record. */
export type Take = (source: Source) => void

/** Asked before more is read; a promise is waited for. */
export type Pause = () => Promise<void> | undefined

/** How far all sources have come is looked for after so much event time, ms, or so many records: it means a look at each. */
const OFTEN = 1_000

/**
 * Merges sources by the event time of their current records. `watermark` tells how far all of them have come: the least
 * of the latest times seen in each. Sources of one log need no order among themselves but this.
 */
export async function merge(
  sources: readonly Source[],
  take: Take,
  watermark: (time: number) => void,
  pause: Pause,
): Promise<void> {
  const heap: { source: Source; latest: number }[] = []
  for (const source of sources) if (await ready(source, pause)) push(heap, { source, latest: source.time })
  let due = Number.NEGATIVE_INFINITY
  let records = 0
  while (heap.length > 1) {
    const top = heap[0] as (typeof heap)[number]
    take(top.source)
    if (top.source.next() || (await ready(top.source, pause))) {
      if (top.source.time > top.latest) top.latest = top.source.time
      sink(heap, 0)
    } else {
      const last = heap.pop() as (typeof heap)[number]
      if (heap.length > 0) {
        heap[0] = last
        sink(heap, 0)
      }
    }
    const { time } = (heap[0] as (typeof heap)[number]).source
    if (time < due && ++records < OFTEN) continue
    due = time + OFTEN
    records = 0
    watermark(least(heap))
  }
  if (heap[0] !== undefined) await last(heap[0].source, heap[0].latest, take, watermark, pause)
}

/** One source alone, or what is left of it: its lines need no order. */
async function last(
  source: Source,
  begin: number,
  take: Take,
  watermark: (time: number) => void,
  pause: Pause,
): Promise<void> {
  let latest = begin
  do latest = atHand(source, latest, take, watermark)
  while (await ready(source, pause))
}

/** Takes the records of the bytes at hand: what is waited for in between would slow down each. */
function atHand(source: Source, begin: number, take: Take, watermark: (time: number) => void): number {
  let latest = begin
  for (;;) {
    if (source.time > latest) latest = source.time
    watermark(latest)
    take(source)
    if (!source.next()) return latest
  }
}

/** Brings a source to its next record, reading more bytes as needed. */
async function ready(source: Source, pause: Pause): Promise<boolean> {
  while (!source.next()) {
    const busy = pause()
    if (busy !== undefined) await busy
    if (!(await source.fill())) return source.next()
  }
  return true
}

function least(heap: readonly { latest: number }[]): number {
  let time = Number.POSITIVE_INFINITY
  for (const { latest } of heap) if (latest < time) time = latest
  return time
}

function push<T extends { source: Source }>(heap: T[], item: T): void {
  heap.push(item)
  let at = heap.length - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if ((heap[parent] as T).source.time <= item.source.time) break
    heap[at] = heap[parent] as T
    at = parent
  }
  heap[at] = item
}

function sink<T extends { source: Source }>(heap: T[], from: number): void {
  const item = heap[from] as T
  let at = from
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    const right = heap[child + 1]
    if (right !== undefined && right.source.time < (heap[child] as T).source.time) child++
    if ((heap[child] as T).source.time >= item.source.time) break
    heap[at] = heap[child] as T
    at = child
  }
  heap[at] = item
}
