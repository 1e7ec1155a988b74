import { UsageError } from '../config/problem.ts'
import type { Config } from '../config/types.ts'
import { type Diagnosis, diagnose } from '../doctor/run.ts'
import { blindText, topicText } from '../doctor/text.ts'
import { compile } from '../ingest/recognise.ts'
import { openKafka } from '../io/kafka/open.ts'
import { KafkaError } from '../io/kafka/types.ts'
import { loadParsers } from '../io/shelves.ts'
import { kafkaOptions } from '../live/connect.ts'
import { assertPlaced } from '../live/ground.ts'
import { allRules } from './rules.ts'
import { writer } from './writer.ts'

export interface DoctorOptions {
  /** Records looked at of each topic, lines of each file. */
  readonly sample: number
  readonly format: 'text' | 'json'
}

/**
 * Looks at the newest records of each topic of the configuration, on one host at the newest lines of each file, and says who
 * ships them, whose they are, and what is wrong. Gives the exit status: 1 when the brokers, a topic or a file cannot be read.
 */
export async function doctor(config: Config, { sample, format }: DoctorOptions): Promise<number> {
  const { kafka: brokers, sources = [] } = config
  if (sources.length === 0) throw new UsageError(['sources: expected the topics or files to look at, got nothing'])
  assertPlaced(config)
  const kafka = brokers === undefined ? null : openKafka(await kafkaOptions(brokers, () => {}))
  const recogniser = compile(await loadParsers())
  const rules = (await allRules(config.rulesDir)).filter(({ meta }) => config.rules[meta.id]?.enabled !== false)
  const found = await diagnose({ config, kafka, recogniser, rules, sample }).catch(unreachable)
  const out = writer(process.stdout)
  out.write(format === 'json' ? `${json(found)}\n` : found.topics.map(topicText).join('') + blindText(found.clusters))
  await out.end()
  for (const problem of found.problems) process.stderr.write(`patrolog: ${problem}\n`)
  return found.problems.length > 0 ? 1 : 0
}

function unreachable(error: unknown): Diagnosis {
  if (!(error instanceof KafkaError)) throw error
  return { topics: [], clusters: [], problems: [error.message] }
}

/** The report as data; what was seen of whom is told by `clusters`. */
function json({ topics, clusters, problems }: Diagnosis): string {
  return JSON.stringify({ topics: topics.map(({ seen: _, ...report }) => report), clusters, problems }, null, 2)
}

/** Reads `--sample`: a whole number from 1 on. */
export function readSample(given: string | undefined): number {
  if (given === undefined) return 1000
  if (/^[1-9]\d{0,6}$/.test(given)) return Number(given)
  throw new UsageError([`--sample: expected a number of records such as 1000, got ${JSON.stringify(given)}`])
}

/** Reads `--format`. */
export function readFormat(given: string | undefined): 'text' | 'json' {
  if (given === undefined || given === 'text') return 'text'
  if (given === 'json') return 'json'
  throw new UsageError([`--format: expected text or json, got ${JSON.stringify(given)}`])
}
