/** Durations (`30s`, `1h30min`) in ms and sizes (`16MiB`, `250MB`) in bytes, as a person writes them. */
const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|min|m|h|d))+$/
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|s|min|m|h|d)/g
const SIZE = /^(\d+(?:\.\d+)?)(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/

/** Reads a duration to whole ms; undefined when it is none. A bare number has no unit, so only `0` is understood. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!DURATION.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(DURATION_PART))
    sum += Number(amount) * (DURATIONS[unit as string] as number)
  return Math.round(sum)
}

/** Reads a size to whole bytes; undefined when it is none. `MB` is a million, `MiB` 1048576. */
export function parseSize(text: string): number | undefined {
  if (text === '0') return 0
  const parts = SIZE.exec(text)
  if (parts === null) return undefined
  return Math.round(Number(parts[1]) * (SIZES[parts[2] as string] as number))
}

/** Writes ms in the largest unit that divides it: `90s`, `10min`. Reads back to the same number. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  for (const unit of ['d', 'h', 'min', 's']) {
    const size = DURATIONS[unit] as number
    if (ms % size === 0) return `${ms / size}${unit}`
  }
  return `${ms}ms`
}

/** Writes bytes in the largest unit that divides them: `16MiB`, `250MB`. Reads back to the same number. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return '0B'
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB', 'TB', 'GB', 'MB', 'kB']) {
    const size = SIZES[unit] as number
    if (bytes % size === 0) return `${bytes / size}${unit}`
  }
  return `${bytes}B`
}
