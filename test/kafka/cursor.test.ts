import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { locate } from '../../src/io/kafka/cursor.ts'
import { EARLIEST, LATEST } from '../../src/io/kafka/wire/cluster.ts'

const at = { topic: 'logs', partition: 0 }

/** A log that gets its first three records right after the `nth` question about it. */
function fillingAfter(nth: number) {
  let asked = 0
  let end = 0
  const answer = (time: number): number => (time === LATEST ? end : time === EARLIEST ? 0 : end === 0 ? -1 : 0)
  return {
    async offsets(_leader: number, _topic: string, [partition = 0]: readonly number[], time: number) {
      const told = answer(time)
      if (++asked === nth) end = 3
      return new Map([[partition, told]])
    },
  }
}

describe('where to begin by time', () => {
  for (const nth of [1, 2, 3])
    it(`passes over no record that comes while it is found out: after question ${nth}`, async () => {
      assert.equal(await locate(fillingAfter(nth), 1, at, { time: 1_000 }), 0)
    })
})
