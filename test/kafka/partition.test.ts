import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { OwnedPartition } from '../../src/io/kafka/partition.ts'

const at = { topic: 'logs', partition: 0 }

async function opened(): Promise<OwnedPartition> {
  const cursor = { ...at, epoch: 0, position: 7, time: null, start: 'earliest' as const }
  const partition = new OwnedPartition(at, undefined, {
    open: async () => cursor,
    handle: async () => {},
    room: () => {},
    failed: () => {},
  })
  await setImmediate()
  return partition
}

describe('a partition at the end of its log', () => {
  it('is idle since the first fetch that found nothing, as of the last', async () => {
    const partition = await opened()
    for (const asked of [1_000, 1_250, 1_500]) partition.foundNothing(7, asked)
    const { idleSince, idleUntil } = partition.progress()
    assert.deepEqual([idleSince, idleUntil], [1_000, 1_500])
    partition.lose()
  })

  it('is idle anew when nobody looked for a while: a broker that was away, a process that got no time', async () => {
    const partition = await opened()
    for (const asked of [1_000, 11_000, 11_250]) partition.foundNothing(7, asked)
    const { idleSince, idleUntil } = partition.progress()
    assert.deepEqual([idleSince, idleUntil], [11_000, 11_250])
    partition.lose()
  })

  it('is not idle while there is more to read', async () => {
    const partition = await opened()
    partition.foundNothing(7, 1_000)
    partition.foundNothing(8, 1_250)
    assert.deepEqual([partition.progress().idleSince, partition.progress().idleUntil], [null, null])
    partition.lose()
  })
})
