import type { OwnedPartition } from '../kafka/partition.ts'
import type { Consumer, ConsumerOptions, Log, PartitionId } from '../kafka/types.ts'
import { waited } from '../kafka/wire/retry.ts'
import { type PartitionSource, SoleConsumer } from './sole.ts'
import type { Topics } from './topics.ts'

const MAX_BYTES = 256 * 1024
/** A partition without records is looked at again so often, ms, so that it is known how long it has been idle. */
const LOOK = 250

/** The only member of its group. */
export function localConsumer(topics: Topics, options: ConsumerOptions, log: Log): Consumer {
  const { database } = topics
  const { group, maxBytesPerPartition = MAX_BYTES, onJump } = options
  const closing = new AbortController()
  const source: PartitionSource = {
    assigned(at) {
      const state = topics.state(at.topic)
      if (state === null) return null
      const sql = 'SELECT offset FROM committed WHERE consumers = ? AND topic = ? AND partition = ? AND epoch = ?'
      const held = database.get<{ offset: number }>(sql, group, at.topic, at.partition, state.epoch)
      return { ...at, epoch: state.epoch, committed: held?.offset ?? null }
    },
    locate: (at, start) => topics.locate(at, start),
    room: fetchAll,
    commit: (positions) =>
      database.write(() => {
        const sql = `INSERT INTO committed VALUES (?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET epoch = excluded.epoch, offset = excluded.offset`
        for (const { topic, partition, epoch, offset } of positions)
          database.run(sql, group, topic, partition, epoch, offset)
      }),
    close: () => closing.abort(),
  }
  const sole = new SoleConsumer(options, source, log)
  void follow()

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      for (const at of wanted()) if (!sole.has(at)) sole.own(at)
      fetchAll()
      const over = new AbortController()
      const signal = AbortSignal.any([closing.signal, over.signal])
      await Promise.race([database.changed(signal), waited(LOOK, signal)])
      over.abort()
    }
  }

  function fetchAll(): void {
    for (const partition of sole.partitions) fetch(partition)
  }

  function wanted(): readonly PartitionId[] {
    return topics
      .names()
      .filter((topic) =>
        options.topics.some((given) => (typeof given === 'string' ? given === topic : given.test(topic))),
      )
      .flatMap((topic) => {
        const { partitions = 0 } = topics.state(topic) ?? {}
        return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
      })
  }

  function fetch(partition: OwnedPartition): void {
    const { cursor } = partition
    if (!partition.hungry || cursor === null || closing.signal.aborted) return
    const asked = Date.now()
    const expected = cursor.position
    const batch = topics.fetch(cursor, expected, maxBytesPerPartition)
    const first = batch.records[0]?.offset
    if (first === undefined) {
      partition.foundNothing(batch.end, asked)
      return
    }
    const { topic, partition: number, epoch } = cursor
    if (first > expected) onJump?.({ topic, partition: number, epoch, reason: 'deleted', expected, actual: first })
    cursor.position = batch.next
    partition.offer({ ...batch, topic, partition: number })
  }

  return sole
}
