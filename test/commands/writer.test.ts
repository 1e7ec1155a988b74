import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { writer } from '../../src/commands/writer.ts'

test('a writer lets its user wait for a slow reader', async (t) => {
  const stream = new PassThrough({ highWaterMark: 1024 })
  const out = writer(stream)
  await t.test('not while there is room', () => {
    out.write('a few words\n')
    assert.equal(out.ready(), undefined)
  })
  await t.test('until what piled up was read', async () => {
    out.write('x'.repeat(100_000))
    const waiting = out.ready()
    assert.ok(waiting instanceof Promise)
    let taken = false
    const done = waiting.then(() => {
      taken = true
    })
    await Promise.resolve()
    assert.equal(taken, false)
    const all = text(stream)
    await done
    await out.end()
    stream.end()
    assert.equal((await all).length, 100_012)
  })
})
