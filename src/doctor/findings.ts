import { DateTime } from 'luxon'
import type { SourceSettings } from '../config/sections/live.ts'
import { zoneName } from '../ingest/time.ts'
import { kindOf } from '../replay/topics/kind.ts'
import { duration } from '../report/layout.ts'
import { type Delay, judgeDelay } from './delay.ts'
import type { WriterReport } from './report.ts'
import type { PartitionSample } from './sample.ts'
import { nameOf, type Voice, writerOf } from './voices.ts'

/** That a topic is taken for the other kind of topic. */
export function kindFindings(
  samples: readonly PartitionSample[],
  { kind, format }: SourceSettings,
  readings: number,
): readonly string[] {
  const records = samples.flatMap((sample) => sample.records)
  const found = kindOf(records)
  if (found.kind === 'metrics' && (kind !== 'metrics' || found.format !== format)) {
    const said = found.format === undefined ? '' : ` and format: ${found.format}`
    return readings > 0 ? [] : [`kind: it holds readings; set kind: metrics${said} of its source`]
  }
  return kind === 'metrics' && found.kind === 'logs' && readings === 0 && records.length > 0
    ? ['kind: it holds no reading; if these are lines, set kind: logs of its source']
    : []
}

/** Writers whose lines lie in several partitions: their order is lost, and stanzas of several lines are torn. */
export function keyFindings(samples: readonly PartitionSample[], all: readonly Voice[]): readonly string[] {
  const spread = all.filter(({ streams }) => [...streams.values()].some(({ size }) => size > 1))
  if (spread.length === 0) return []
  const records = samples.flatMap((sample) => sample.records)
  const bare = records.filter(({ key }) => key === null).length
  const keys =
    bare === 0
      ? 'keys that differ'
      : bare === records.length
        ? 'no keys'
        : `no keys in ${bare} of ${records.length} records`
  const whose = some(spread.map((voice) => nameOf(writerOf(voice))))
  return [
    `unkeyed: lines of ${whose} lie in several partitions (${keys}); key the records by member or host, since what spans lines is torn`,
  ]
}

/**
 * Lines or readings that no cluster is known for: `live` counts them and uses none. `hosts`: what is known of some. `file`:
 * they are those of a file.
 */
export function identityFindings(
  writers: readonly WriterReport[],
  hosts: readonly string[],
  file: boolean,
): readonly string[] {
  const unassigned = writers.filter(({ cluster }) => cluster === null)
  if (unassigned.length === 0) return []
  const count = unassigned.reduce((sum, writer) => sum + writer.count, 0)
  const known =
    hosts.length > 0
      ? `of ${some(hosts)} only the host is known: set hosts, or cluster of the source`
      : file
        ? 'neither the lines nor the path name a cluster: set cluster of the source'
        : 'the records name no cluster: set cluster of the source, identity, or send a header cluster'
  return [`unassigned: ${count} of no known cluster; ${known}`]
}

/** Clusters that are only guessed. */
export function guessFindings(writers: readonly WriterReport[]): readonly string[] {
  const guessed = new Set(writers.filter(({ basis }) => basis === 'pod name').map(({ cluster }) => cluster))
  guessed.delete(null)
  if (guessed.size === 0) return []
  return [
    `guess: ${some([...guessed] as string[])} by the names of pods; ship the label cluster-name, or set identity.cluster or identity.labels`,
  ]
}

/** Times that are read in the wrong zone, and clocks that differ. `zone` is the one they were read in. */
export function timeFindings(all: readonly Voice[], zone: string): readonly string[] {
  const wrong = all.flatMap((voice) =>
    [...voice.stamps].flatMap(([program, stamps]) => {
      const delay = judgeDelay(stamps)
      const at = stamps.at(-1)?.time ?? 0
      return delay === null ? [] : [{ text: delayText(program, delay, zone, at), who: nameOf(writerOf(voice)) }]
    }),
  )
  return [...Map.groupBy(wrong, ({ text }) => text)].map(([text, of]) =>
    text.replace('WHO', some(of.map(({ who }) => who))),
  )
}

function delayText(program: string, { kind, by }: Delay, zone: string, at: number): string {
  const lines = `${program} lines of WHO`
  const off = `${duration(Math.abs(by))} ${by > 0 ? 'ahead of' : 'behind'} their records`
  if (kind === 'clock') return `clock: ${lines} are always ${off}`
  const written = zoneName(DateTime.fromMillis(at, { zone }).offset + by / 60_000)
  return `zone: ${lines} are ${off}: written in ${written}, read in ${zone}; set timezone: ${written} of the source, or the name of that zone`
}

const SHOWN = 3

/** `a, b and 5 others`. */
export function some(names: readonly string[]): string {
  const rest = names.length - SHOWN
  return `${names.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} other${rest > 1 ? 's' : ''}` : ''}`
}
