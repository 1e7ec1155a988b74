import type { ReadingSource } from '../capture-source.ts'
import type { LineSource } from '../log-source.ts'
import { type KnownRange, knownRanges } from './known.ts'
import { type TopicLinesOptions, topicLines } from './lines.ts'
import type { TopicRange } from './range.ts'
import { type TopicReadingsOptions, topicReadings } from './readings.ts'
import { type ScanOptions, scan } from './scan.ts'

/** Reads the ranges once, to know beforehand who wrote what is in them. */
export async function learnTopics(ranges: readonly TopicRange[], options: ScanOptions): Promise<KnownRange[]> {
  return knownRanges(await Promise.all(ranges.map((range) => scan(range, options))))
}

/** A range as an input of a replay. */
export function topicSource(
  known: KnownRange,
  options: TopicLinesOptions & TopicReadingsOptions,
): LineSource | ReadingSource {
  return known.range.source.kind === 'metrics' ? topicReadings(known, options) : topicLines(known, options)
}
