import type { SourceSettings } from '../config/sections/live.ts'
import type { Config } from '../config/types.ts'
import { InputError } from '../io/files/input.ts'
import { type Admin, type Kafka, KafkaError } from '../io/kafka/types.ts'
import { sourceOf, subscriptions } from '../live/sources.ts'
import type { Recogniser } from '../model/record.ts'
import type { Rule } from '../model/rule.ts'
import { blindness, type ClusterBlindness } from './blind.ts'
import { fileReports } from './files.ts'
import { written } from './pattern.ts'
import type { TopicReport } from './report.ts'
import { newest } from './sample.ts'
import { topicReport } from './topic.ts'

/** What a look at all topics or files of a configuration found. */
export interface Diagnosis {
  readonly topics: readonly TopicReport[]
  readonly clusters: readonly ClusterBlindness[]
  /** Topics or files that could not be read, each with the reason. */
  readonly problems: readonly string[]
}

export interface DiagnoseOptions {
  readonly config: Config
  /** Null on one host, whose files are looked at. */
  readonly kafka: Kafka | null
  readonly recogniser: Recogniser
  readonly rules: readonly Rule[]
  /** Records looked at of each topic, lines of each file. */
  readonly sample: number
}

/** Reads the newest records of each topic of the sources, or lines of each file. Nothing is committed, no group is joined. */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis> {
  const { config, kafka, rules } = options
  const problems: string[] = []
  const topics =
    kafka === null ? await fileReports(options, problems) : await topicReports({ ...options, kafka }, problems)
  const polled = (config.metrics?.prometheus?.length ?? 0) + (config.metrics?.patroniRest?.length ?? 0) > 0
  return { topics, problems, clusters: blindness(topics, rules, polled) }
}

type OnBrokers = DiagnoseOptions & { readonly kafka: Kafka }

async function topicReports(options: OnBrokers, problems: string[]): Promise<readonly TopicReport[]> {
  const { config, kafka } = options
  const topics: TopicReport[] = []
  const admin = await kafka.admin()
  try {
    for (const topic of await topicsOf(admin, config.sources ?? [], problems)) {
      const report = await lookAt(admin, topic, options).catch((error: unknown) => problems.push(reasonOf(error)))
      if (typeof report !== 'number') topics.push(report)
    }
  } finally {
    await admin.close()
  }
  return topics
}

/** The topics that are there of those the sources name, in the order of the sources; what is missing is a problem. */
async function topicsOf(admin: Admin, sources: readonly SourceSettings[], problems: string[]): Promise<Set<string>> {
  const there = await admin.topics()
  const found = new Set<string>()
  for (const wanted of subscriptions(sources)) {
    const matching = there.filter((topic) => (typeof wanted === 'string' ? wanted === topic : wanted.test(topic)))
    if (matching.length === 0)
      problems.push(typeof wanted === 'string' ? `${wanted}: no such topic` : `${written(wanted)}: no topic matches`)
    for (const topic of matching) found.add(topic)
  }
  return found
}

async function lookAt(admin: Admin, topic: string, options: OnBrokers): Promise<TopicReport> {
  const { config, kafka, recogniser, sample } = options
  const samples = await newest(kafka, await admin.bounds(topic), sample)
  const source = sourceOf(config.sources ?? [], topic) as SourceSettings
  return topicReport(samples, { topic, file: false, source, zone: config.timezone ?? 'UTC', recogniser })
}

function reasonOf(error: unknown): string {
  if (error instanceof InputError || error instanceof KafkaError) return error.message
  throw error
}
