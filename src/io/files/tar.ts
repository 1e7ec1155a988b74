import { type Extent, part } from './extent.ts'
import { checksum } from './magic.ts'

const BLOCK = 512
/** Long names and extended headers are short; more is an attack. */
const MOST_EXTRA = 1024 * 1024

export interface TarMember {
  readonly name: string
  readonly extent: Extent
  /** Said when the archive ends before the member does. */
  readonly problem: string | null
}

/**
 * The regular files in a tar, in order. Only the headers are read: members are then read from their places, several at
 * a time, which no streaming reader allows. Knows ustar, GNU long names, and pax paths and sizes. `report` is told where the
 * archive ends before its time, unless a member says so.
 */
export async function* tarMembers(
  archive: Extent,
  report: { problem: string | null },
): AsyncGenerator<TarMember, void> {
  const handle = await archive.open()
  const truncated = (): void => {
    report.problem ??= `truncated tar after ${archive.length} bytes`
  }
  let extra: Extra = {}
  try {
    for (let at = 0; at < archive.length; ) {
      const header = await handle.read(at, BLOCK)
      if (header.length < BLOCK) return truncated()
      if (header.every((byte) => byte === 0)) return
      if (!isHeader(header)) {
        report.problem ??= `damaged tar at byte ${at}: expected the header of a file`
        return
      }
      const type = String.fromCharCode(header[156] as number)
      const size = extra.size ?? number(header, 124, 12)
      const body = at + BLOCK
      at = body + Math.ceil(size / BLOCK) * BLOCK
      if (type === 'x' || type === 'L') {
        const bytes = await handle.read(body, Math.min(size, MOST_EXTRA))
        extra = type === 'L' ? { ...extra, path: text(bytes, 0, bytes.length) } : { ...extra, ...readPax(bytes) }
        continue
      }
      const name = extra.path ?? nameOf(header)
      if (type !== 'g' && type !== 'K') extra = {}
      if (type === '0' || type === '\0' || type === '7') yield member(archive, name, body, size)
      else if (body + size > archive.length) truncated()
    }
  } finally {
    await handle.close()
  }
}

interface Extra {
  path?: string
  size?: number
}

function member(archive: Extent, name: string, body: number, size: number): TarMember {
  const extent = part(archive, body, size)
  const problem = extent.length < size ? `truncated tar after ${extent.length} of ${size} bytes` : null
  return { name, extent, problem }
}

function isHeader(header: Uint8Array): boolean {
  return number(header, 148, 8) === checksum(header)
}

function nameOf(header: Uint8Array): string {
  const name = text(header, 0, 100)
  const prefix = text(header, 257, 5) === 'ustar' && header[262] === 0 ? text(header, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Octal digits, or big-endian binary when the highest bit is set. */
function number(header: Uint8Array, from: number, length: number): number {
  if (((header[from] as number) & 0x80) === 0) return Number.parseInt(text(header, from, length).trim(), 8) || 0
  let value = 0
  for (let at = from + 1; at < from + length; at++) value = value * 256 + (header[at] as number)
  return value
}

function text(bytes: Uint8Array, from: number, length: number): string {
  const field = Buffer.from(bytes.subarray(from, from + length))
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end)
}

/** Records `<length> <key>=<value>\n`; the length counts itself. */
function readPax(bytes: Uint8Array): Extra {
  const all = Buffer.from(bytes)
  const extra: Extra = {}
  for (let at = 0; at < all.length; ) {
    const blank = all.indexOf(0x20, at)
    const length = Number.parseInt(all.toString('latin1', at, blank), 10)
    if (blank < 0 || !(length > 0)) break
    const [, key, value] = /^([^=]+)=(.*)\n$/s.exec(all.toString('utf8', blank + 1, at + length)) ?? []
    if (key === 'path' && value !== undefined) extra.path = value
    if (key === 'size') extra.size = Number(value)
    at += length
  }
  return extra
}
