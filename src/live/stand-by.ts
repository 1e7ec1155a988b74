import type { Config } from '../config/types.ts'
import { kafkaStore } from '../io/kafka/store.ts'
import type { Kafka } from '../io/kafka/types.ts'
import { type Api, notifyApi } from '../notifier/api.ts'
import { notifier } from '../notifier/notifier.ts'
import { notifySettings } from '../notifier/settings.ts'
import type { Notifier } from '../notifier/types.ts'
import { namesOf } from './names.ts'
import { NOBODY } from './nobody.ts'
import { journalOrders } from './orders.ts'

/** The notifier over the state of a host whose service does not run: it answers and takes orders, and sends nothing. */
export async function notifierOver(kafka: Kafka, config: Config): Promise<{ voice: Notifier; api: Api }> {
  const names = namesOf()
  const settings = notifySettings(config.notify ?? NOBODY, process.env)
  const store = kafkaStore(kafka, names.notifications, { silence: names.silences })
  const voice = await notifier({ settings, store, senders: new Map(), now: Date.now })
  const admin = await kafka.admin()
  const observations = await admin.describe(names.observations)
  return {
    voice,
    api: notifyApi(voice, Date.now, journalOrders(kafka, names.observations, observations?.partitions ?? 1)),
  }
}
