import type { SourceSettings } from '../config/sections/live.ts'
import { identify } from '../io/files/identity.ts'
import type { FollowSource, FoundFile } from '../io/follow/find.ts'
import { follow } from '../io/follow/follower.ts'
import type { Log } from '../io/kafka/types.ts'
import type { Entries } from '../io/local/entries.ts'
import { firstLineTime, firstReadingTime } from './first-time.ts'
import type { Inputs } from './inputs.ts'
import { type Home, homeOf, type InputSource } from './sources.ts'

export interface FileInputs {
  readonly sources: readonly SourceSettings[]
  /** Zone of lines where neither they nor their source name one. */
  readonly zone: string
  readonly entries: Entries
  /** How far back files are read the first time, ms. */
  readonly backfill: number
  readonly log: Log
}

const LOOK = 1_000

/** Files of lines and readings on this host: each is an input with one partition, named by its path. */
export async function fileInputs({ sources, zone, entries, backfill, log }: FileInputs): Promise<Inputs> {
  const follower = await follow({
    sources: sources.map((source) => followSource(source, zone)),
    entries,
    backfill,
    log,
  })
  const known = new Map<string, InputSource>()

  function sourceOf(topic: string): InputSource {
    const before = known.get(topic)
    if (before !== undefined) return before
    const file = follower.files().find(({ path }) => path === topic)
    if (file === undefined) throw new Error(`${topic}: expected a file that is followed`)
    const source = sources[file.source] as SourceSettings
    const made = { source, home: homeIn(source, file) }
    known.set(topic, made)
    if (source.kind !== 'metrics' && made.home.cluster === undefined) log('warn', 'cluster-unknown', { file: topic })
    return made
  }

  /** A source without files stands for those to come: without any input, time would go by the clock. */
  function empty(): readonly string[] {
    const found = new Set(follower.files().map(({ source }) => source))
    return sources.flatMap(({ files }, index) => (found.has(index) ? [] : [`nothing yet of ${files?.join(' ')}`]))
  }

  for (const topic of empty()) log('warn', 'no-files', { source: topic })

  return {
    look: LOOK,
    stamped: false,
    empty,
    list: async () =>
      [...follower.files().map(({ path }) => path), ...empty()].map((topic) => ({ topic, partitions: 1 })),
    source: sourceOf,
    read: (reader) =>
      follower.consumer({
        ...reader,
        onRevoked(partitions) {
          for (const { topic } of partitions) known.delete(topic)
          reader.onRevoked?.(partitions)
        },
      }),
  }
}

/** Which files a source leads to; `zone` is that of lines that name none. */
export function followSource({ files = [], kind = 'logs', timezone }: SourceSettings, zone: string): FollowSource {
  return { paths: files, kind, firstTime: kind === 'metrics' ? firstReadingTime : firstLineTime(timezone ?? zone) }
}

/** Whose lines a file has that do not say: what is configured goes before what the path says. */
export function homeIn(source: SourceSettings, file: FoundFile): Home {
  const { cluster, member } = identify(file)
  const named = source.kind === 'metrics' ? {} : { ...(cluster && { cluster }), ...(member && { member }) }
  return { ...named, ...homeOf(source) }
}
