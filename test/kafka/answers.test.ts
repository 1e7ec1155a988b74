import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Rooms } from '../../src/io/kafka/wire/rooms.ts'
import { Answers } from '../../src/io/kafka/wire/socket.ts'

/** An answer as it comes: its length, then its bytes. */
function framed(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function given(stream: Buffer, pieces: readonly number[]): Buffer[] {
  const all: Buffer[] = []
  const answers = new Answers((answer) => all.push(answer))
  // One room for all that is read, as a socket has it.
  const room = Buffer.alloc(stream.length)
  for (let at = 0, piece = 0; at < stream.length; piece++) {
    const count = Math.min(pieces[piece] ?? stream.length, stream.length - at)
    stream.copy(room, 0, at, at + count)
    answers.take(room, count)
    at += count
  }
  return all
}

describe('answers of a broker', () => {
  it('are given one by one, however they were cut on their way', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 100 }),
        (bodies, pieces) => {
          const all = bodies.map(framed)
          assert.deepEqual(given(Buffer.concat(all), pieces), all)
        },
      ),
    )
  })

  it('that say a length no broker would are given as they are, and no room is taken for them', () => {
    const [first] = given(Buffer.from('HTTP/1.1 400 Bad Request'), [7])
    assert.deepEqual(first, Buffer.from('HTTP'))
  })
})

describe('room for answers', () => {
  it('is used again once it is given back, by its bytes', () => {
    const rooms = new Rooms()
    const first = rooms.take(100_000)
    assert.notEqual(rooms.take(100_000).buffer, first.buffer)
    rooms.giveBack(first.subarray(50, 60))
    assert.equal(rooms.take(70_000).buffer, first.buffer)
    assert.notEqual(rooms.take(70_000).buffer, first.buffer)
  })

  it('that is given back twice, or was never taken, is nobody else’s', () => {
    const rooms = new Rooms()
    const first = rooms.take(100_000)
    rooms.giveBack(first)
    rooms.giveBack(first)
    rooms.giveBack(Buffer.allocUnsafeSlow(100_000))
    assert.notEqual(rooms.take(100_000).buffer, rooms.take(100_000).buffer)
  })
})
