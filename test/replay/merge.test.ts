import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Source } from '../../src/replay/log-source.ts'
import { merge } from '../../src/replay/merge.ts'

const START = Date.UTC(2026, 0, 10)

/** A source of records at these times, ms after the start. */
function source(...times: readonly number[]): Source {
  let at = -1
  return {
    kind: 'log',
    get time() {
      return START + (times[at] ?? Number.NaN)
    },
    next: () => ++at < times.length,
    fill: async () => false,
    close: async () => {},
  }
}

/** Times of the records as they are taken, and the watermarks, ms after the start. */
async function merged(...sources: readonly Source[]): Promise<{ taken: number[]; watermarks: number[] }> {
  const taken: number[] = []
  const watermarks: number[] = []
  await merge(
    sources,
    ({ time }) => taken.push(time - START),
    (time) => watermarks.push(time - START),
    () => undefined,
  )
  return { taken, watermarks }
}

const rows = <T>(count: number, of: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => of(at))

describe('sources that are merged', () => {
  it('give their records in the order of their times', async () => {
    const { taken } = await merged(source(1, 40, 41), source(2, 3, 100), source(), source(0))
    assert.deepEqual(taken, [0, 1, 2, 3, 40, 41, 100])
  })

  it('have come as far as the one that is hindmost', async () => {
    const { watermarks } = await merged(source(0, 5_000, 9_000), source(1_000, 2_000, 20_000))
    assert.ok(watermarks.every((time, at) => time >= (watermarks[at - 1] ?? 0)))
    assert.ok(watermarks.includes(2_000) && watermarks.includes(9_000))
  })

  it('are not all looked at for each record', async () => {
    const all = rows(50, (each) => source(...rows(20, (at) => 2_000 * at + each)))
    const { taken, watermarks } = await merged(...all)
    assert.equal(taken.length, 1_000)
    const together = watermarks.filter((time) => time < 38_000)
    assert.ok(together.length <= 41, `${together.length} looks`)
  })

  it('go on while one of them repeats a long time that is over', async () => {
    const behind = source(...rows(10, (at) => 1_000 * at), ...rows(5_000, (at) => 1_000 + at))
    const { watermarks } = await merged(behind, source(...rows(100, (at) => 100 * at)))
    assert.ok(watermarks.filter((time) => time === 9_000).length >= 4)
  })
})
