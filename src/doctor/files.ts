import type { SourceSettings } from '../config/sections/live.ts'
import type { Config } from '../config/types.ts'
import { type FoundFile, findFiles, notFollowed } from '../io/follow/find.ts'
import { newestLines } from '../io/follow/newest.ts'
import { followSource, homeIn } from '../live/file-inputs.ts'
import type { Recogniser } from '../model/record.ts'
import type { TopicReport } from './report.ts'
import type { PartitionSample } from './sample.ts'
import { topicReport } from './topic.ts'

export interface FilesOptions {
  readonly config: Config
  readonly recogniser: Recogniser
  /** Lines looked at of each file. */
  readonly sample: number
}

/** What the newest lines of each file look like that `live` would follow; what cannot be read or is not there is a problem. */
export async function fileReports(
  { config, recogniser, sample }: FilesOptions,
  problems: string[],
): Promise<readonly TopicReport[]> {
  const { sources = [], timezone: zone = 'UTC' } = config
  const wanted = sources.map((source) => followSource(source, zone))
  const reports: TopicReport[] = []
  const leftOut = sources.map((): string[] => [])
  const followed = new Set<number>()
  for (const file of (await findFiles(wanted, () => false)).values()) {
    const source = sources[file.source] as SourceSettings
    try {
      const why = notFollowed(file, source.kind ?? 'logs')
      if (why !== null) {
        leftOut[file.source]?.push(`${file.path}: not followed: ${why}`)
        continue
      }
      followed.add(file.source)
      const of = { ...source, ...homeIn(source, file) }
      reports.push(topicReport([newest(file, sample)], { topic: file.path, file: true, source: of, zone, recogniser }))
    } catch (error) {
      followed.add(file.source)
      problems.push(`${file.path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`)
    }
  }
  for (const [index, { files = [] }] of sources.entries())
    if (!followed.has(index)) problems.push(`${files.join(' ')}: no file to follow`, ...(leftOut[index] ?? []))
  return reports
}

/** The lines of a file as the records of a partition, whose offsets tell the lines. */
function newest({ path }: FoundFile, count: number): PartitionSample {
  const { lines, first } = newestLines(path, count)
  const records = lines.map((value, at) => ({ offset: first + at, timestamp: -1, key: null, value, headers: [] }))
  return { topic: path, partition: 0, held: first + lines.length, records }
}
