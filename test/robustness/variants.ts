/** The same run as another shop would have recorded it: what shippers, levels, clocks and outages of our own inputs do. */

/** Files of a recorded run by path, unpacked. */
export type Files = ReadonlyMap<string, string>

export interface Variant {
  readonly name: string
  readonly change: (files: Files) => Files
}

const STAMP = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)([.,]\d{3})/
const POSTGRES = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \w+ \[\d+\]/

export const VARIANTS: readonly Variant[] = [
  { name: 'without lines of PostgreSQL', change: lines((line) => !POSTGRES.test(line)) },
  {
    name: 'Patroni at level WARNING',

    change: lines((line) => !/ INFO: |"INFO"/.test(line.slice(0, 90))),
  },
  { name: 'repeated heartbeats left out', change: logs(withoutRepeats) },
  {
    name: 'a minute of all logs lost',

    change: (files) => logs((text) => gap(text, middle(files)))(files),
  },
  { name: 'log of one member missing', change: withoutLog },
  { name: 'readings of one member missing', change: withoutReadings },
  { name: 'PostgreSQL stamps without fraction', change: logs(wholeSeconds) },
  { name: 'clock of one member 3 s ahead', change: skewed(3_000) },
  { name: 'clock of one member 3 s behind', change: skewed(-3_000) },
  { name: 'each line twice', change: logs(doubled) },
  { name: 'lines late by up to 15 s', change: logs(late) },
]

const isLog = (path: string): boolean => path.includes('patroni.log')

function logs(change: (text: string) => string): (files: Files) => Files {
  return (files) => new Map([...files].map(([path, text]) => [path, isLog(path) ? change(text) : text]))
}

/** Takes away whole records: a line that is refused goes with its continuation lines. */
function lines(keep: (line: string) => boolean): (files: Files) => Files {
  return logs((text) => stanzas(text).filter(keep).join(''))
}

/** A line that begins with a stamp (or is JSON), with the lines that continue it. */
function stanzas(text: string): string[] {
  return text.split(/^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\{)/m)
}

function timeOf(stanza: string): number {
  const stamp = STAMP.exec(stanza)
  return stamp === null ? Number.NaN : Date.parse(`${stamp[1]}${stamp[2]?.replace(',', '.')}Z`)
}

/** `log.deduplicate_heartbeat_logs` of Patroni 4.1: a heartbeat like the one before it is not written. */
function withoutRepeats(text: string): string {
  let last = ''
  return stanzas(text)
    .filter((stanza) => {
      if (POSTGRES.test(stanza)) return true
      const message = stanza.replace(STAMP, '')
      const repeated = message === last && message.includes('no action. ')
      last = message
      return !repeated
    })
    .join('')
}

/** A third into the run: there most faults begin. */
function middle(files: Files): number {
  const times = [...files].filter(([path]) => isLog(path)).flatMap(([, text]) => stanzas(text).map(timeOf))
  const known = times.filter(Number.isFinite)
  const first = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const last = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return first + (last - first) / 3
}

function gap(text: string, from: number): string {
  return stanzas(text)
    .filter((stanza) => !(timeOf(stanza) >= from && timeOf(stanza) < from + 60_000))
    .join('')
}

function members(files: Files): string[] {
  return [...new Set([...files.keys()].filter(isLog).map((path) => path.split('/').at(-2) as string))].sort()
}

function withoutLog(files: Files): Files {
  const last = members(files).at(-1) ?? ''
  return new Map([...files].filter(([path]) => !path.includes(`/${last}/`)))
}

function withoutReadings(files: Files): Files {
  const last = members(files).at(-1) ?? ''
  const others = (text: string) =>
    text
      .split(/(?<=\n)/)
      .filter((line) => !isOf(line, last))
      .join('')
  return new Map([...files].map(([path, text]) => [path, path.includes('.jsonl') ? others(text) : text]))
}

function wholeSeconds(text: string): string {
  return text.replaceAll(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.\d+( \w+ \[)/gm, '$1$2')
}

/** A member whose clock is wrong stamps its lines and the start of its postmaster with it; readings bear the reader's time. */
function skewed(by: number): (files: Files) => Files {
  return (files) => {
    const one = members(files)[0] ?? ''
    const change = (path: string, text: string) => {
      if (path.includes(`/${one}/patroni.log`)) return stanzas(text).map(shift).join('')
      return path.includes('.jsonl')
        ? text.replaceAll(/^.*\n/gm, (line) => (isOf(line, one) ? started(line) : line))
        : text
    }
    return new Map([...files].map(([path, text]) => [path, change(path, text)]))
  }

  function shift(stanza: string): string {
    // A helper program leaves a line open, and Patroni's begins in its middle.
    return shiftOne(stanza).replaceAll(/(?<=[^\n\d])\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO: .*/g, shiftOne)
  }

  function shiftOne(line: string): string {
    const time = timeOf(line)
    if (Number.isNaN(time)) return line
    const stamp = shifted(time)
    return line[19] === ',' ? stamp.replace('.', ',') + line.slice(23) : stamp + line.slice(23)
  }

  function started(line: string): string {
    return line
      .replace(/(?<="postmaster_start_time":")([^"+]{23})/, (_, stamp: string) => shifted(Date.parse(`${stamp}Z`)))
      .replace(/(?<=postmaster_start_time[^ ]* )(\d{10}\.\d+)/, (_, stamp: string) => `${Number(stamp) + by / 1000}`)
  }

  function shifted(time: number): string {
    return new Date(time + by).toISOString().slice(0, 23).replace('T', ' ')
  }
}

function isOf(line: string, member: string): boolean {
  return line.includes(`"member":"${member}"`)
}

function doubled(text: string): string {
  return text
    .split(/(?<=\n)/)
    .flatMap((line) => [line, line])
    .join('')
}

/** Each record is held back by 0 to 14 s, the same on every run. */
function late(text: string): string {
  let seed = 7
  let time = 0
  const arrivals = stanzas(text).map((stanza) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    time = Number.isNaN(timeOf(stanza)) ? time : timeOf(stanza)
    return { stanza, at: time + (seed % 14_000) }
  })
  return arrivals
    .sort((a, b) => a.at - b.at)
    .map(({ stanza }) => (stanza.endsWith('\n') ? stanza : `${stanza}\n`))
    .join('')
}
