import assert from 'node:assert/strict'
import { it } from 'node:test'
import { forward } from '../../src/io/files/extent.ts'
import { openPipe } from '../../src/io/files/pipe.ts'
import { folder, lines } from './folder.ts'

const TEXT = lines(0, 60_000)

async function all(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const read: Buffer[] = []
  for await (const bytes of chunks) read.push(Buffer.from(bytes))
  return Buffer.concat(read).toString()
}

function pipe() {
  return openPipe(`${folder({ 'all.log': TEXT })}/all.log`)
}

it('a long pipe is kept on the disk, to be read like a file', async () => {
  const long = pipe()
  await long.head(1000)
  assert.equal(long.whole(), null)
  const kept = await long.kept(1 << 30)
  assert.ok(!(kept instanceof Error))
  for (let times = 0; times < 2; times++) assert.equal(await all(forward(kept)), TEXT)
})

it('one that is too long for that can be looked at, and read once', async () => {
  const endless = pipe()
  await endless.head(1000)
  const kept = await endless.kept(1 << 17)
  assert.ok(kept instanceof Error && kept.message === 'longer than 131072 bytes')
  assert.equal(endless.whole(), null)
  assert.equal(Buffer.from(await endless.head(1000)).toString(), TEXT.slice(0, 1000))
  assert.equal(await all(endless.chunks()), TEXT)
  await assert.rejects(all(endless.chunks()), /only once/)
})
