export type Packing = 'plain' | 'gzip' | 'zstd' | 'tar'

const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['7-Zip', [0x37, 0x7a, 0xbc, 0xaf]],
]

const USTAR = [0x75, 0x73, 0x74, 0x61, 0x72]

/** How the bytes are packed, by their first bytes, never by the name: at least 512 bytes are needed to see a tar. */
export function packing(head: Uint8Array): Packing | { readonly unsupported: string } {
  const name = SIGNATURES.find(([, signature]) => startsWith(head, signature, 0))?.[0]
  if (name === 'gzip' || name === 'zstd') return name
  // A log may begin with `BZh` or `PK`, but then goes on as text.
  if (name !== undefined && !isText(head)) return { unsupported: name }
  if (startsWith(head, USTAR, 257) || isOldTar(head)) return 'tar'
  return 'plain'
}

/** Tars from before POSIX have no signature, but a checksum that no text meets by chance. */
function isOldTar(head: Uint8Array): boolean {
  if (head.length < 512 || head[0] === 0) return false
  const written = /^[ ]*([0-7]+)[ \0]/.exec(Buffer.from(head.subarray(148, 156)).toString('latin1'))?.[1]
  return written !== undefined && Number.parseInt(written, 8) === checksum(head)
}

/** The checksum of a tar header: the sum of its bytes, its own field taken as blanks. */
export function checksum(header: Uint8Array): number {
  let sum = 8 * 32
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += header[at] as number
  return sum
}

/** Control characters that text does not have make a file binary; bytes of foreign encodings do not. */
export function isText(head: Uint8Array): boolean {
  let strange = 0
  for (const byte of head) if (byte < 32 && !(byte >= 8 && byte <= 13) && byte !== 27) strange++
  return strange * 20 <= head.length
}

function startsWith(bytes: Uint8Array, signature: readonly number[], at: number): boolean {
  return signature.every((byte, index) => bytes[at + index] === byte)
}
