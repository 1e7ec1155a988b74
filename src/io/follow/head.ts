import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'

/** The first bytes of a file: they tell it from others when it is renamed, copied, or written anew. */
export interface Head {
  readonly length: number
  readonly hash: string
}

/** Lines of a log begin with their time: so much is never the same twice. */
const LENGTH = 256
const NO_HEAD: Head = { length: 0, hash: '' }

/** The head of an open file of this size. */
export function headOf(fd: number, size: number): Head {
  return hashed(bytesOf(fd, Math.min(size, LENGTH)))
}

/** Whether an open file begins with a head. One without bytes says nothing. */
export function begins(fd: number, head: Head): boolean {
  return head.length > 0 && hashed(bytesOf(fd, head.length)).hash === head.hash
}

/** Whether more of a file of this size could be known than its head says. */
export function isShort({ length }: Head, size: number): boolean {
  return length < LENGTH && length < size
}

function bytesOf(fd: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(fd, bytes, 0, length, 0))
}

function hashed(bytes: Uint8Array): Head {
  return bytes.length === 0 ? NO_HEAD : { length: bytes.length, hash: createHash('sha1').update(bytes).digest('hex') }
}
