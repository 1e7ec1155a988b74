/**
 * WAL positions. An LSN is a bigint of bytes; its written form is `X/X` (two hexadecimal halves of 32 bits),
 * as PostgreSQL's type pg_lsn prints it.
 */
export type Lsn = bigint

const WRITTEN = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/

/** Reads `X/X`. Anything else is undefined: an unreadable position is unknown, never zero. */
export function parseLsn(text: string): Lsn | undefined {
  const halves = WRITTEN.exec(text)
  if (halves === null) return undefined
  return (BigInt(`0x${halves[1]}`) << 32n) | BigInt(`0x${halves[2]}`)
}

/** Writes `X/X` in upper case without leading zeros, as PostgreSQL does. */
export function formatLsn(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`
}

/** Bytes from `from` to `to`; negative when `to` lies before `from`. Exact below 9 PB. */
export function bytesBetween(from: Lsn, to: Lsn): number {
  return Number(to - from)
}

const MIB = 1_048_576

/** A size for sentences: `43 MiB`, `1.5 MiB`, `12 KiB`. */
export function mib(bytes: number): string {
  if (Math.abs(bytes) < MIB / 10) return `${Math.round(bytes / 1024)} KiB`
  return bytes >= 10 * MIB ? `${Math.round(bytes / MIB)} MiB` : `${(bytes / MIB).toFixed(1)} MiB`
}
