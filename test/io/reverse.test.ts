import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { fileExtent } from '../../src/io/files/extent.ts'
import { backward } from '../../src/io/files/reverse.ts'
import { drain, folder, lines, only, reversed } from './folder.ts'

async function turn(text: string, block: number): Promise<string> {
  const chunks: Uint8Array[] = []
  const file = join(folder({ 'a.log': text }), 'a.log')
  for await (const bytes of backward(fileExtent(file, Buffer.byteLength(text)), block))
    chunks.push(Uint8Array.from(bytes))
  return Buffer.concat(chunks).toString()
}

it('hands out lines from the last to the first, whatever falls on the border of a block', async () => {
  const text = fc.array(fc.constantFrom('', 'a', 'bb', 'ccc', 'a line of some length'), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(text, fc.boolean(), fc.integer({ min: 1, max: 40 }), async (rows, ended, block) => {
      const whole = rows.map((row) => `${row}\n`).join('')
      const stored = ended ? whole : whole.replace(/\n$/, '')
      // An empty last line without a newline is none.
      const expected = ended || rows.at(-1) !== '' ? whole : whole.slice(0, -1)
      assert.equal(await turn(stored, block), reversed(expected))
    }),
    { numRuns: 300 },
  )
})

it('turns plain and packed files, lines counting down', async () => {
  const text = lines(0, 100_000)
  const root = folder({ 'a.log': reversed(text).trimEnd(), 'b.log.gz': gzipSync(reversed(text)) })
  for (const name of ['a.log', 'b.log.gz']) {
    const stream = (await only(join(root, name))).openReversed()
    const first = Uint8Array.from((await stream.read()) ?? [])
    assert.deepEqual(stream.lineNumbers, { first: 10_000, step: -1 })
    assert.equal(Buffer.from(first).toString() + (await drain(stream)), text)
  }
})

it('turns lines longer than any block', async () => {
  const long = 'x'.repeat(3_000_000)
  const stream = (await only(join(folder({ 'a.log': `first\n${long}\nlast` }), 'a.log'))).openReversed()
  assert.equal(await drain(stream), `last\n${long}\nfirst\n`)
})
