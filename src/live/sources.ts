import type { SourceSettings } from '../config/sections/live.ts'
import { type IdentityRules, LABELS } from '../ingest/envelopes/identity.ts'
import { type RecordReaderOptions, recordReader } from '../ingest/envelopes/record-reader.ts'
import { type Names, names } from '../ingest/names.ts'
import { decoders } from '../io/decode/index.ts'
import { Batch } from '../journal/batch.ts'
import type { Deliveries } from '../journal/delivery.ts'
import type { FrameHead } from '../journal/frame.ts'
import { type Intake, intake, type Rejected } from '../journal/intake.ts'
import { readingsIntake } from '../journal/readings-intake.ts'
import type { Recogniser } from '../model/record.ts'

export interface IntakeOptions {
  readonly recogniser: Recogniser
  /** Zone of lines where neither they nor their source name one. */
  readonly zone: string
  /** Partitions of the observations. */
  readonly partitions: number
  /** Of all partitions of the topic. */
  readonly deliveries: Deliveries
  readonly onReject: (reject: Rejected) => void
}

/** The source that a topic belongs to: the first that names it or whose pattern matches. */
export function sourceOf(sources: readonly SourceSettings[], topic: string): SourceSettings | undefined {
  return sources.find(({ topics, pattern }) => topics?.includes(topic) === true || pattern?.test(topic) === true)
}

/** What a consumer subscribes to. */
export function subscriptions(sources: readonly SourceSettings[]): readonly (string | RegExp)[] {
  return sources.flatMap(({ topics = [], pattern }) => [...topics, ...(pattern === undefined ? [] : [pattern])])
}

/** Whose lines an input has that do not say. */
export interface Home {
  readonly cluster?: string
  readonly member?: string
}

/** The source that an input belongs to, and whose lines it has that do not say. */
export interface InputSource {
  readonly source: SourceSettings
  readonly home: Home
}

/** Reads one partition of a source from now on. */
export function openIntake({ source, home }: InputSource, head: FrameHead, options: IntakeOptions): Intake {
  const { recogniser, partitions, deliveries, onReject } = options
  const interned = names()
  const batch = new Batch(head, partitions)
  if (source.kind === 'metrics') return readingsIntake({ ...metricReading(source, interned), home, batch, onReject })
  const reader = recordReader({ ...lineReading(source, source.timezone ?? options.zone, interned, recogniser), home })
  return intake({ reader, recogniser, names: interned, batch, deliveries, onReject })
}

/** How the lines of a source are read; `zone` is that of lines that name none. */
export function lineReading(
  source: SourceSettings,
  zone: string,
  interned: Names,
  recogniser: Recogniser,
): RecordReaderOptions {
  const format = source.format === undefined || source.format === 'remote_write' ? 'auto' : source.format
  return { ...reading(source, interned), zone, format, recogniser }
}

/** How the readings of a source of metrics are read. */
export function metricReading(source: SourceSettings, interned: Names) {
  return { ...reading(source, interned), format: source.format === 'remote_write' ? source.format : ('auto' as const) }
}

function reading(source: SourceSettings, interned: Names) {
  return { names: interned, decoders: decoders(), rules: rulesOf(source), home: homeOf(source) }
}

/** What is configured of a source. */
export function homeOf({ cluster, member }: SourceSettings): Home {
  return { ...(cluster === undefined ? {} : { cluster }), ...(member === undefined ? {} : { member }) }
}

function rulesOf({ identity, hosts }: SourceSettings): IdentityRules {
  const labels = identity?.labels ?? []
  return {
    member: identity?.member ?? [],
    cluster: identity?.cluster ?? [],
    namespace: identity?.namespace ?? [],
    labels: labels.length === 0 ? LABELS : labels,
    hosts: new Map(
      Object.entries(hosts).map(([host, { cluster, member }]) => [
        host,
        { cluster: cluster ?? null, member: member ?? null },
      ]),
    ),
  }
}
