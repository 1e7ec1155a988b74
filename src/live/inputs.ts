import type { Admin, Kafka } from '../io/kafka/types.ts'

/** A topic that is read and how many partitions it has, as the watermark counts them. */
export interface InputTopic {
  readonly topic: string
  readonly partitions: number
}

/** The topics that are there of those subscribed to. */
export async function inputTopics(kafka: Kafka, wanted: readonly (string | RegExp)[]): Promise<readonly InputTopic[]> {
  const admin = await kafka.admin()
  try {
    const names = (await admin.topics()).filter((topic) => wanted.some((of) => matches(of, topic)))
    const all = await Promise.all(names.map((topic) => describe(admin, topic)))
    return all.flatMap((found) => found ?? [])
  } finally {
    await admin.close()
  }
}

function matches(wanted: string | RegExp, topic: string): boolean {
  return typeof wanted === 'string' ? wanted === topic : wanted.test(topic)
}

async function describe(admin: Admin, topic: string): Promise<InputTopic | null> {
  const found = await admin.describe(topic)
  return found === null ? null : { topic, partitions: found.partitions }
}
