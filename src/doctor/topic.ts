import type { SourceSettings } from '../config/sections/live.ts'
import { nameShipper } from '../ingest/envelopes/shipper.ts'
import { decoders } from '../io/decode/index.ts'
import type { Recogniser } from '../model/record.ts'
import { guessFindings, identityFindings, keyFindings, kindFindings, timeFindings } from './findings.ts'
import { lookAtLines } from './lines.ts'
import type { Input } from './needs.ts'
import { lookAtReadings } from './readings.ts'
import { Counter, type IdentityReport, type TopicReport, type WriterReport } from './report.ts'
import type { PartitionSample } from './sample.ts'
import { type Voice, writerOf } from './voices.ts'

export interface TopicOptions {
  readonly topic: string
  /** Whether it is a file that is followed, whose lines are its records. */
  readonly file: boolean
  readonly source: SourceSettings
  /** Zone of lines that name none. */
  readonly zone: string
  readonly recogniser: Recogniser
}

/** What the newest records of a topic look like. */
export function topicReport(samples: readonly PartitionSample[], options: TopicOptions): TopicReport {
  const { topic, file, source } = options
  const read = samples.reduce((sum, { records }) => sum + records.length, 0)
  const held = samples.reduce((sum, sample) => sum + sample.held, 0)
  const kind = source.kind ?? 'logs'
  const found = kind === 'metrics' ? readings(samples, options) : lines(samples, options)
  const nothing = read === 0 ? [`empty: it holds no ${file ? 'line' : 'record'}`] : []
  const findings = [...nothing, ...kindFindings(samples, source, found.understood.reading ?? 0), ...found.findings]
  return {
    topic,
    file,
    kind,
    partitions: samples.length,
    held,
    read,
    shippers: file ? [] : shippersOf(samples),
    ...found,
    findings,
  }
}

type Found = Pick<TopicReport, 'identity' | 'understood' | 'unrecognised' | 'rejected' | 'findings' | 'seen'>

function lines(samples: readonly PartitionSample[], { file, source, zone, recogniser }: TopicOptions): Found {
  const look = lookAtLines(samples, source, source.timezone ?? zone, recogniser)
  const writers = look.voices.map(writerOf)
  const seen = seenBy(
    look.voices.map((voice, index) => ({ ...(writers[index] as WriterReport), inputs: voice.inputs })),
  )
  return {
    identity: identityOf(writers),
    understood: look.understood,
    unrecognised: look.unrecognised,
    rejected: look.rejected,
    findings: [
      ...identityFindings(writers, hostsOf(look.voices), file),
      ...guessFindings(writers),
      ...keyFindings(samples, look.voices),
      ...timeFindings(look.voices, source.timezone ?? zone),
    ],
    seen,
  }
}

/** Hosts of which no cluster is known. */
function hostsOf(all: readonly Voice[]): readonly string[] {
  return all.flatMap(({ cluster, basis, named }) =>
    cluster === null && basis === 'host' && named !== null ? [named] : [],
  )
}

function readings(samples: readonly PartitionSample[], { file, source }: TopicOptions): Found {
  const look = lookAtReadings(samples, source)
  const rejected = look.rejected.reduce((sum, { count }) => sum + count, 0)
  return {
    identity: identityOf(look.writers),
    understood: { reading: look.readings, rejected },
    unrecognised: [],
    rejected: look.rejected,
    findings: identityFindings(look.writers, [], file),
    seen: seenBy(look.writers.map((writer) => ({ ...writer, inputs: new Set<Input>(['samples']) }))),
  }
}

function shippersOf(samples: readonly PartitionSample[]) {
  const counter = new Counter(0)
  const binary = decoders()
  for (const { records } of samples)
    for (const { value } of records) counter.add(nameShipper(value ?? NOTHING, binary), () => '')
  return counter.all()
}

const NOTHING = new Uint8Array(0)

function identityOf(writers: readonly WriterReport[]): IdentityReport {
  const sum = (of: (writer: WriterReport) => boolean): number =>
    writers.filter(of).reduce((all, { count }) => all + count, 0)
  return {
    total: sum(() => true),
    withCluster: sum(({ cluster }) => cluster !== null),
    withMember: sum(({ member }) => member !== null),
    writers,
  }
}

function seenBy(writers: readonly (WriterReport & { readonly inputs: ReadonlySet<Input> })[]): TopicReport['seen'] {
  const seen = new Map<string, Map<string, Set<Input>>>()
  for (const { cluster, member, inputs } of writers) {
    const members = seen.get(cluster ?? '') ?? new Map<string, Set<Input>>()
    seen.set(cluster ?? '', members)
    members.set(member ?? '', new Set([...(members.get(member ?? '') ?? []), ...inputs]))
  }
  return seen
}
