/** Room for texts that were written with escapes. What was handed out is never written again. */
export interface Unescaped {
  bytes: Uint8Array
  from: number
  to: number
  /** Whether it is one line for certain. */
  single: boolean
}

export interface Unescaper {
  /** The text of a JSON string between its quotes, without the newline that ends it; overwritten by the next call. */
  read(bytes: Uint8Array, from: number, to: number): Unescaped
}

const ROOM = 1 << 16
const [NEWLINE, BACKSLASH, U, LOW] = [10, 92, 117, 32] as const
/** What stands for a byte that was no UTF-8: U+FFFD. */
const BROKEN = [0xef, 0xbf, 0xbd] as const

export function unescaper(): Unescaper {
  let room = new Uint8Array(ROOM)
  let used = 0
  const result: Unescaped = { bytes: room, from: 0, to: 0, single: true }

  return {
    read(bytes, from, to) {
      // Nothing grows: an escape is longer than what it stands for, and U+FFFD as long as a private character.
      const most = to - from
      if (used + most > room.length) {
        room = new Uint8Array(Math.max(ROOM, most))
        used = 0
      }
      result.bytes = room
      result.from = used
      used = write(bytes, from, to, room, used)
      if (used > result.from && room[used - 1] === NEWLINE) used--
      result.to = used
      result.single = !hasNewline(room, result.from, used)
      return result
    },
  }
}

function hasNewline(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === NEWLINE) return true
  return false
}

function write(bytes: Uint8Array, from: number, to: number, room: Uint8Array, start: number): number {
  let end = start
  let at = from
  while (at < to) {
    const byte = bytes[at] as number
    if (byte === 0xee && isPrivate(bytes[at + 1], bytes[at + 2])) {
      end = put(room, end, 0xfffd)
      at += 3
    } else if (byte !== BACKSLASH) {
      room[end++] = byte
      at++
    } else if (bytes[at + 1] !== U) {
      room[end++] = plain(bytes[at + 1] ?? BACKSLASH)
      at += 2
    } else {
      const unit = hex(bytes, at + 2)
      at += 6
      if (unit >= 0xd800 && unit < 0xdc00 && bytes[at] === BACKSLASH && bytes[at + 1] === U) {
        const low = hex(bytes, at + 2)
        if (low >= 0xdc00 && low < 0xe000) {
          end = put(room, end, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
          at += 6
          continue
        }
      }
      end = put(
        room,
        end,
        unit < 0 || (unit >= 0xd800 && unit < 0xe000) || (unit >= 0xe080 && unit < 0xe100) ? 0xfffd : unit,
      )
    }
  }
  return end
}

/** U+E080 to U+E0FF: Fluent Bit's sign of a byte that was no UTF-8. */
function isPrivate(second: number | undefined, third: number | undefined): boolean {
  return (second === 0x82 || second === 0x83) && third !== undefined && third >= 0x80
}

function plain(mark: number): number {
  switch (mark) {
    case 110:
      return 10
    case 116:
      return 9
    case 114:
      return 13
    case 98:
      return 8
    case 102:
      return 12
    default:
      return mark > LOW ? mark : LOW
  }
}

/** Four hexadecimal digits, or -1. */
function hex(bytes: Uint8Array, from: number): number {
  let value = 0
  for (let at = from; at < from + 4; at++) {
    const byte = (bytes[at] ?? 0) | 32
    const digit = byte >= 97 && byte <= 102 ? byte - 87 : byte >= 48 && byte <= 57 ? byte - 48 : -1
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

function put(room: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    room[at] = code
    return at + 1
  }
  if (code === 0xfffd) {
    for (let index = 0; index < 3; index++) room[at + index] = BROKEN[index] as number
    return at + 3
  }
  if (code < 0x800) {
    room[at] = 0xc0 | (code >> 6)
    room[at + 1] = 0x80 | (code & 63)
    return at + 2
  }
  if (code < 0x10000) {
    room[at] = 0xe0 | (code >> 12)
    room[at + 1] = 0x80 | ((code >> 6) & 63)
    room[at + 2] = 0x80 | (code & 63)
    return at + 3
  }
  room[at] = 0xf0 | (code >> 18)
  room[at + 1] = 0x80 | ((code >> 12) & 63)
  room[at + 2] = 0x80 | ((code >> 6) & 63)
  room[at + 3] = 0x80 | (code & 63)
  return at + 4
}
