import type { Drill } from '../drill/incident.ts'
import type { Kafka } from '../io/kafka/types.ts'
import { partitionOf } from '../journal/scope.ts'
import type { Names } from '../live/names.ts'
import { journalOrders } from '../live/orders.ts'
import type { Alert } from '../model/effect.ts'
import type { Explanation } from '../notifier/types.ts'
import { readRecord } from '../notify/read.ts'
import type { Service } from './service.ts'

export interface DrillPathParts {
  readonly kafka: Kafka
  /** The process that notifies; null when none answers. */
  readonly asked: Service | null
  readonly topic: string
  readonly incident: Drill
  readonly names: Names
  /** Partitions of the observations. */
  readonly partitions: number
  /** How long a hop may take, ms. */
  readonly patience: number
  /** Told why a receiver was not told. */
  readonly refused: (why: string) => void
}

/** The hops of a drill. Each gives when it was done, epoch ms, or null when that took too long; rejects with a `KafkaError`. */
export interface DrillPath {
  send(what: 'records' | 'recovery'): Promise<number>
  /** Its lines are in the observations. */
  observed(): Promise<number | null>
  decided(status: Alert['status']): Promise<number | null>
  /** Every receiver was told; each is given to `done`. Gives where it was lost, or null. */
  told(kind: 'fired' | 'resolved', done: (what: string, at: number) => void): Promise<string | null>
  /** Lets those who decide forget its cluster: nothing more is heard of it. */
  forget(): Promise<void>
  /** After it was lost: whoever finds it later finds its end behind it. */
  clear(): Promise<void>
}

const PAUSE = 200

export function drillPath(parts: DrillPathParts): DrillPath {
  const { kafka, asked, topic, incident, names, partitions, patience } = parts
  const partition = partitionOf(incident.cluster, partitions)
  let observations = 0
  let alerts = 0
  let fingerprint: string | null = null
  /** Decisions on the alert that were looked at. */
  let seen = 0

  async function look(): Promise<readonly { readonly time: number; readonly text: string }[]> {
    if (asked === null || fingerprint === null) return []
    const { status, body } = await asked.ask('GET', `/api/v1/alerts/${fingerprint}`)
    return status === 200 ? (body as Explanation).decisions : []
  }

  return {
    async send(what) {
      if (what === 'records') {
        observations = await endOf(kafka, names.observations, partition)
        alerts = await endOf(kafka, names.alerts, 0)
      }
      const records = what === 'records' ? incident.records : incident.recovery(Date.now())
      const producer = kafka.producer({ deadline: patience })
      await producer.send([{ topic, partition: 0, records }]).finally(() => producer.close())
      return Date.now()
    },
    async observed() {
      const signal = AbortSignal.timeout(patience)
      for await (const { records } of kafka.read({ topic: names.observations, partition, from: observations, signal }))
        if (records.some(({ value }) => value?.includes(incident.cluster) === true)) return Date.now()
      return null
    },
    async decided(status) {
      const signal = AbortSignal.timeout(patience)
      for await (const { records, next } of kafka.read({ topic: names.alerts, partition: 0, from: alerts, signal })) {
        alerts = next
        for (const { value } of records) {
          const alert = value === null ? undefined : readRecord(value.toString())
          if (alert?.kind !== 'alert' || alert.cluster !== incident.cluster || alert.rule !== incident.rule) continue
          if (alert.status !== status) continue
          fingerprint = alert.fingerprint
          return Date.now()
        }
      }
      return null
    },
    async told(kind, done) {
      if (asked === null) return 'at the receivers: no process with the role notify answers; see --url'
      const telling = follow(kind, done, parts.refused)
      for (const end = Date.now() + patience; Date.now() < end; await new Promise((go) => setTimeout(go, PAUSE))) {
        const decisions = await look()
        for (const { time, text } of decisions.slice(seen)) telling.take(text, time)
        seen = decisions.length
        if (telling.waiting.size === 0) return telling.refused.size === 0 ? null : at(telling.refused)
      }
      return telling.heard ? at(telling.waiting) : 'between the alerts and their receivers; patrolog status says more'
    },
    forget: () => journalOrders(kafka, names.observations, partitions).forget(incident.cluster),
    async clear() {
      await this.send('recovery')
      await this.forget()
    },
  }
}

const at = (receivers: ReadonlySet<string>): string =>
  `at ${[...receivers].join(', ')}; patrolog status and patrolog explain alert say more`

async function endOf(kafka: Kafka, topic: string, partition: number): Promise<number> {
  const admin = await kafka.admin()
  const bounds = await admin.bounds(topic).finally(() => admin.close())
  return bounds.find((bound) => bound.partition === partition)?.high ?? 0
}

/** Reads the decisions on an alert for who is to be told, and who was. */
function follow(
  kind: 'fired' | 'resolved',
  done: (what: string, at: number) => void,
  refusedWhy: (why: string) => void,
) {
  const waiting = new Set(['the first decision'])
  const refused = new Set<string>()
  const state = { waiting, refused, heard: false, take }

  function take(text: string, time: number): void {
    const names = after(text, `${kind}: to be told to `)
    const [, name] = /^told to (.*) \(\w+\)$/.exec(text) ?? []
    const [, refuser] = /^(.*) refused it: /.exec(text) ?? []
    if (names !== undefined) {
      state.heard = true
      waiting.clear()
      for (const each of names.split(', ')) waiting.add(each)
    } else if (name !== undefined && waiting.delete(name)) done(`told to ${name}`, time)
    else if (refuser !== undefined && waiting.delete(refuser)) {
      refused.add(refuser)
      refusedWhy(text)
    } else if (/^not sent|no route/.test(text)) refusedWhy(text)
  }

  return state
}

const after = (text: string, prefix: string): string | undefined =>
  text.startsWith(prefix) ? text.slice(prefix.length) : undefined
