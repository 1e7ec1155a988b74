import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { findInputs } from '../../src/io/files/find.ts'
import type { ByteStream, InputFile } from '../../src/io/files/input.ts'

/** A folder of real files, gone after the tests. Keys are paths. */
export function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'inputs-'))
  after(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

/** A heartbeat line at so many seconds after noon. */
export function line(second: number, text = `no action. I am (pg-0), the leader with the lock (${second})`): string {
  const at = new Date(Date.UTC(2026, 2, 1, 12) + second * 1000).toISOString()
  return `${at.slice(0, 10)} ${at.slice(11, 19)},123 INFO: ${text}\n`
}

export function lines(from: number, to: number, step = 10): string {
  let all = ''
  for (let second = from; second < to; second += step) all += line(second)
  return all
}

export function reversed(text: string): string {
  return text
    .split(/(?<=\n)/)
    .reverse()
    .join('')
}

export async function drain(stream: ByteStream): Promise<string> {
  const chunks: Uint8Array[] = []
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) chunks.push(Uint8Array.from(bytes))
  await stream.close()
  return Buffer.concat(chunks).toString()
}

export async function only(path: string): Promise<InputFile> {
  const inputs = await findInputs([path])
  if (inputs.length !== 1) throw new Error(`expected one input, got ${inputs.map(({ name }) => name).join(', ')}`)
  return inputs[0] as InputFile
}

/** A tar as GNU and POSIX write it; a name longer than 100 bytes gets a pax header. */
export function tar(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [name, content] of Object.entries(files)) {
    if (name.length > 100) parts.push(...entry('PaxHeader', pax('path', name), 'x'))
    parts.push(...entry(name.slice(0, 100), Buffer.from(content), '0'))
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

function pax(key: string, value: string): Buffer {
  const body = ` ${key}=${value}\n`
  let length = body.length + 1
  while (String(length).length + body.length !== length) length = String(length).length + body.length
  return Buffer.from(`${length}${body}`)
}

function entry(name: string, content: Buffer, type: string): Uint8Array[] {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write(`${content.length.toString(8).padStart(11, '0')} `, 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\0', 257, 'latin1')
  header.write('00', 263)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
}
