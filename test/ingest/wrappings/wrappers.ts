import { gzipSync } from 'node:zlib'
import { CLUSTER, type Files } from './story.ts'

type Lines = ReadonlyMap<string, readonly string[]>

/** A way to keep the same lines in files. */
export type Wrapping = (lines: Lines) => Files

interface Stamped {
  readonly member: string
  /** Time of the line, or of the last one before it that has one, epoch ms. */
  readonly time: number
  readonly line: string
}

const STAMP = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)[.,](\d{3})/

function stamped(member: string, lines: readonly string[]): Stamped[] {
  let time = 0
  return lines.map((line) => {
    const [y, mo, d, h, mi, s, ms] = STAMP.exec(line)?.slice(1).map(Number) ?? []
    if (ms !== undefined) time = Date.UTC(y as number, (mo as number) - 1, d, h, mi, s, ms)
    return { member, time, line }
  })
}

/** A file a member, each line changed on its own: it may become several, or none. */
export function each(change: (line: Stamped, at: number) => string | readonly string[], end = '\n'): Wrapping {
  return whole((lines, member) => {
    const changed = stamped(member, lines).flatMap(change)
    return `${changed.join(end)}${end}`
  })
}

/** A file a member, made of all its lines. */
export function whole(make: (lines: readonly string[], member: string) => string | Uint8Array): Wrapping {
  return (lines) =>
    Object.fromEntries([...lines].map(([member, all]) => [`${CLUSTER}/${member}/patroni.log`, make(all, member)]))
}

/** One file for all members, in the order of their times. */
export function interleaved(change: (line: Stamped, at: number) => string | readonly string[]): Wrapping {
  return (lines) => {
    const all = [...lines].flatMap(([member, own]) => stamped(member, own))
    return {
      'all.log': `${all
        .sort((a, b) => a.time - b.time)
        .flatMap(change)
        .join('\n')}\n`,
    }
  }
}

/** Files of a rotated set, the newest without a number; named so that a folder lists them out of order. */
export function rotated(parts: number, compressed: boolean): Wrapping {
  return (lines) => {
    const files: Record<string, string | Uint8Array> = {}
    for (const [member, all] of lines) {
      const size = Math.ceil(all.length / parts)
      for (let part = 0; part < parts; part++) {
        const text = `${all.slice(part * size, (part + 1) * size).join('\n')}\n`
        const number = parts - 1 - part
        const name = `${CLUSTER}/${member}/patroni.log${number === 0 ? '' : `.${number}`}`
        if (compressed && number > 0) files[`${name}.gz`] = gzipSync(text)
        else files[name] = text
      }
    }
    return files
  }
}

export function iso(time: number): string {
  return new Date(time).toISOString().slice(0, -1)
}

/** `Nov 22 19:16:44`. */
export function bsd(time: number): string {
  const date = new Date(time)
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][date.getUTCMonth()]
  return `${month} ${String(date.getUTCDate()).padStart(2)} ${iso(time).slice(11, 19)}`
}
