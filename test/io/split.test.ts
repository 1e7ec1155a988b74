import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { cutterOf } from '../../src/commands/replay-inputs.ts'
import type { InputFile } from '../../src/io/files/input.ts'
import { split } from '../../src/io/files/split.ts'
import { drain, folder, lines, only } from './folder.ts'

const FILE = 'all.log'

/** A text that begins with line `line` of its file, by its length and its digest: a test that fails shows no megabytes. */
function one(line: number, text: string): string {
  return `${line}: ${text.length} ${createHash('sha1').update(text).digest('hex')}`
}

/** The parts of a file. */
async function parts(content: string | Uint8Array, name = FILE, kind: InputFile['kind'] = 'log') {
  const file = { ...(await only(`${folder({ [name]: content })}/${name}`)), kind }
  const result: string[] = []
  for (const part of await split(file, cutterOf('UTC'))) {
    const stream = part.open()
    const text = await drain(stream)
    result.push(one(stream.lineNumbers.first, text))
  }
  return result
}

/** Some 520 kB each: what is larger than 256 kB, or than 1 MB unpacked, is cut where it lies. */
const day = lines(0, 60_000)
const member = (name: string, text = day) => text.replaceAll('pg-0', name)
const POLL = `"member":"pg-0","path":"/patroni","status":200,"body":${JSON.stringify({ xlog: { location: 1 } })}`
const polls = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `{"t":${1767225600 + 10 * (from + at)}.5,${POLL}}\n`).join('')

describe('a large file', () => {
  it('that is one log stays one', async () => {
    assert.deepEqual(await parts(day), [one(1, day)])
  })

  it('of logs put one behind the other is each of them, by its lines', async () => {
    const [first, last] = [member('pg-1'), member('pg-2')]
    const expected = [one(1, day), one(6001, first), one(12001, last)]
    assert.deepEqual(await parts(day + first + last), expected)
    assert.deepEqual(await parts(gzipSync(day + first + last), `${FILE}.gz`), expected)
  })

  it('with short ones among them', async () => {
    const short = member('pg-1', lines(59_000, 59_500))
    assert.deepEqual(await parts(day + short + member('pg-2')), [
      one(1, day),
      one(6001, short),
      one(6051, member('pg-2')),
    ])
  })

  it('has letters of more than one byte before another begins', async () => {
    const accented = day.replaceAll('lock', 'łock')
    assert.deepEqual(await parts(accented + member('pg-1')), [one(1, accented), one(6001, member('pg-1'))])
  })

  it('is cut where another begins although its writer is named in front of each line', async () => {
    const ofPod = (name: string) => member(name).replace(/^(?=.)/gm, `[pod/${name}/postgres] `)
    const [first, second] = [ofPod('pg-0'), ofPod('pg-1')]
    assert.deepEqual(await parts(first + second), [one(1, first), one(6001, second)])
  })
})

it('captures put one behind the other are each by itself, small ones too', async () => {
  for (const length of [50, 5000]) {
    const [first, second] = [polls(0, length), polls(5, length)]
    assert.deepEqual(await parts(first, 'polls.jsonl', 'capture'), [one(1, first)])
    assert.deepEqual(await parts(first + second, 'polls.jsonl', 'capture'), [one(1, first), one(length + 1, second)])
  }
})
