import type { Kafka, Log, Position } from '../kafka/types.ts'
import { localAdmin } from './admin.ts'
import { localConsumer } from './consumer.ts'
import { type Entries, entries } from './entries.ts'
import { read } from './read.ts'
import { openTopics } from './topics.ts'

/** Topics and positions of a single host, in one file. */
export interface Local {
  /** The same as on brokers, for this process alone: no other one has the file open. */
  readonly kafka: Kafka
  readonly entries: Entries
  /** Lets go of the records of a partition before an offset. */
  trim(before: Position): Promise<void>
  /** Writes what was asked for, then lets go of the file. */
  close(): Promise<void>
}

/** What topics keep no longer is looked for so often, ms. */
const EXPIRE = 3_600_000

/** Opens the file, makes it where it is missing. Throws, naming it, when it cannot be had or another process has it. */
export function openLocal(file: string, log: Log): Local {
  const topics = openTopics(file)
  const expire = (): Promise<void> =>
    topics.expire(Date.now()).catch((error) => log('warn', 'state-not-expired', { error: String(error) }))
  void expire()
  const timer = setInterval(expire, EXPIRE)
  return {
    kafka: {
      producer: () => ({ send: async (batches) => topics.append(batches), close: async () => {} }),
      consumer: (options) => localConsumer(topics, options, log),
      read: (options) => read(topics, options),
      admin: async () => localAdmin(topics, file),
    },
    entries: entries(topics.database),
    trim: (before) => topics.trim(before),
    async close() {
      clearInterval(timer)
      topics.database.close()
    },
  }
}
