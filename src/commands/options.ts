import { DateTime } from 'luxon'
import { quoted } from '../config/problem.ts'
import type { PrometheusSettings } from '../config/sections/metrics.ts'
import type { Config } from '../config/types.ts'
import type { Severity } from '../model/effect.ts'
import type { Only } from './only.ts'

export const KINDS = ['event', 'transition', 'alert', 'reject', 'late', 'summary'] as const
export type Kind = (typeof KINDS)[number]
const PAGES = ['critical', 'warning'] as const
export type Format = 'text' | 'jsonl'

/** What `patrolog replay` was asked for, read and checked. Times are epoch ms. */
export interface ReplayOptions {
  /** Capture files, folders and globs of readings, as given. */
  readonly metrics: readonly string[]
  /** The Prometheus to read, or null. */
  readonly prometheus: PrometheusSettings | null
  /** First event time wanted, or null. */
  readonly from: number | null
  /** Last event time wanted, or null. */
  readonly to: number | null
  /** Overrides whatever the input says of the cluster. */
  readonly cluster: string | null
  /** Names the member where the input does not. */
  readonly member: string | null
  readonly only: Only
  /** Zone of lines that do not name theirs: option, else configuration, else UTC. */
  readonly timezone: string
  /** Whether somebody said it. */
  readonly timezoneGiven: boolean
  readonly format: Format
  readonly kinds: ReadonlySet<Kind>
  /** Exit status 3 when an alert of this severity or a graver one was raised. */
  readonly failOn: Exclude<Severity, 'info'> | null
  /** Where the report is written as a page too, or null. */
  readonly html: string | null
  readonly config: Config
}

/** The option values as the command line gives them. */
export interface RawReplayOptions {
  readonly metrics?: readonly string[]
  readonly prometheus?: string
  readonly from?: string
  readonly to?: string
  readonly cluster?: string
  readonly member?: string
  readonly only?: readonly string[]
  readonly timezone?: string
  readonly format?: string
  readonly kinds?: string
  readonly failOn?: string
  readonly html?: string
}

/** Reads the options. What is wrong is added to `problems`, one line each; the value returned is then of no use. */
export function readReplayOptions(
  paths: readonly string[],
  raw: RawReplayOptions,
  config: Config,
  problems: string[],
): ReplayOptions {
  checkInputs(paths, raw, problems)
  const timezone = raw.timezone ?? config.timezone ?? 'UTC'
  const zoneKnown = isZone(timezone)
  if (!zoneKnown) problems.push(`--timezone: expected a zone such as Europe/Berlin, got ${quoted(timezone)}`)
  const zone = zoneKnown ? timezone : 'UTC'
  const from = readTime('--from', raw.from, zone, problems)
  const to = readTime('--to', raw.to, zone, problems)
  if (from !== null && to !== null && from > to) {
    problems.push(`--from: expected a time before --to, got ${raw.from} and ${raw.to}`)
  }
  return {
    metrics: raw.metrics ?? [],
    prometheus: raw.prometheus === undefined ? null : readPrometheus(raw.prometheus, config, problems),
    from,
    to,
    cluster: readName('--cluster', raw.cluster, problems),
    member: readName('--member', raw.member, problems),
    only: readOnly(raw.only ?? [], problems),
    timezone,
    timezoneGiven: (raw.timezone ?? config.timezone) !== undefined,
    format: readChoice('--format', raw.format ?? 'text', ['text', 'jsonl'], problems),
    kinds: readKinds(raw.kinds, problems),
    failOn: raw.failOn === undefined ? null : readChoice('--fail-on', raw.failOn, PAGES, problems),
    html: readName('--html', raw.html, problems),
    config,
  }
}

/** Whether a path names a topic. */
export function isTopic(path: string): boolean {
  return path.startsWith('kafka:')
}

const TOPIC = /^kafka:[\w.-]{1,249}$/

function checkInputs(paths: readonly string[], raw: RawReplayOptions, problems: string[]): void {
  for (const path of [...paths, ...(raw.metrics ?? [])]) {
    if (isTopic(path) && !TOPIC.test(path)) problems.push(`${path}: expected kafka: and the name of a topic`)
    if (path === '') problems.push('PATH: expected a file, a folder, a glob, kafka:TOPIC or -, got ""')
  }
  if (paths.length === 0 && (raw.metrics ?? []).length === 0 && raw.prometheus === undefined) {
    problems.push(
      'PATH: expected at least one file, folder, glob, kafka:TOPIC or - to replay, or --metrics, or --prometheus',
    )
  }
  if (paths.length === 0 && raw.prometheus !== undefined && raw.from === undefined) {
    problems.push('--prometheus: expected --from, since no log says when to begin')
  }
}

/** The server at the URL, with what the configuration says of it; a user and password in the URL are ours there. */
function readPrometheus(given: string, config: Config, problems: string[]): PrometheusSettings | null {
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    problems.push(`--prometheus: expected a URL such as https://host:9090, got ${quoted(given)}`)
    return null
  }
  const { username, password } = url
  url.username = url.password = ''
  const bare = withoutSlash(url.href)
  const known = config.metrics?.prometheus?.find((settings) => withoutSlash(settings.url) === bare)
  const user = username === '' ? {} : { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  return { ...known, ...user, url: bare }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

/** Whether the time library knows the zone: an IANA name, `UTC`, or `UTC+2`. */
function isZone(zone: string): boolean {
  // To ask loads the tables of the world's zones, for the zone that needs none.
  return zone === 'UTC' || DateTime.utc().setZone(zone).isValid
}

/** ISO 8601 or `YYYY-MM-DD HH:MM:SS`; without an offset it is in `zone`. Gives epoch ms. */
function readTime(option: string, text: string | undefined, zone: string, problems: string[]): number | null {
  if (text === undefined) return null
  const iso = DateTime.fromISO(text, { zone })
  const time = iso.isValid ? iso : DateTime.fromSQL(text, { zone })
  if (time.isValid && /^\d{4}-/.test(text)) return time.toMillis()
  problems.push(`${option}: expected a time such as 2026-03-01T02:30:00Z, got ${quoted(text)}`)
  return null
}

function readName(option: string, name: string | undefined, problems: string[]): string | null {
  if (name === '') problems.push(`${option}: expected a name, got ""`)
  return name ?? null
}

/** `cluster=…,member=…`, several of each allowed, the option repeatable. */
function readOnly(given: readonly string[], problems: string[]): Only {
  const clusters: string[] = []
  const members: string[] = []
  for (const part of given.flatMap((list) => list.split(','))) {
    const [, key, value] = /^(cluster|member)=(.+)$/.exec(part) ?? []
    if (key === 'cluster') clusters.push(value as string)
    else if (key === 'member') members.push(value as string)
    else problems.push(`--only: expected cluster=NAME or member=NAME, got ${quoted(part)}`)
  }
  return { clusters, members }
}

function readKinds(given: string | undefined, problems: string[]): ReadonlySet<Kind> {
  if (given === undefined) return new Set(KINDS)
  const kinds = given.split(',').map((kind) => readChoice('--kinds', kind.trim(), KINDS, problems))
  return new Set(kinds)
}

function readChoice<T extends string>(option: string, given: string, choices: readonly T[], problems: string[]): T {
  const choice = choices.find((one) => one === given)
  if (choice === undefined) problems.push(`${option}: expected one of ${choices.join(', ')}, got ${quoted(given)}`)
  return choice ?? (choices[0] as T)
}
