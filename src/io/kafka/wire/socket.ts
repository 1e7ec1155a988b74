import { connect, type Socket } from 'node:net'
import { rooms } from './rooms.ts'

/** What the library asks for when it opens a connection. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly ssl?: object | undefined
  readonly onConnect: () => void
}

const KEEP_ALIVE = 60_000
const ROOM = 256 * 1024
/** An answer begins with its length; one that says more is none, bytes. */
const LENGTH = 4
const LONGEST = 1 << 30

/**
 * Opens connections for readers of much: what comes is read into the same room again and again, and each answer is put
 * together once. The library's own way takes a new buffer for each read and copies them all when an answer is complete,
 * which makes collecting the garbage dearer than reading. With TLS it stays the library's.
 */
export function frugalSockets(library: (address: Address) => unknown): (address: Address) => unknown {
  return (address) => (address.ssl ? library(address) : frugal(address))
}

function frugal({ host, port, onConnect }: Address): Socket {
  const answers = new Answers((answer) => socket.emit('data', answer))
  const room = Buffer.allocUnsafeSlow(ROOM)
  const callback = (count: number) => {
    answers.take(room, count)
    return true
  }
  const socket: Socket = connect({ host, port, onread: { buffer: room, callback } }, onConnect)
  return socket.setKeepAlive(true, KEEP_ALIVE)
}

/** Puts answers together out of what is read; each is given with the length it begins with. */
export class Answers {
  readonly #give: (answer: Buffer) => void
  readonly #length = Buffer.alloc(LENGTH)
  #answer: Buffer = this.#length
  #had = 0

  constructor(give: (answer: Buffer) => void) {
    this.#give = give
  }

  take(bytes: Buffer, count: number): void {
    for (let at = 0; at < count; ) {
      const part = Math.min(count - at, this.#answer.length - this.#had)
      bytes.copy(this.#answer, this.#had, at, at + part)
      this.#had += part
      at += part
      if (this.#had === this.#answer.length) this.#complete()
    }
  }

  #complete(): void {
    const complete = this.#answer
    if (complete !== this.#length) {
      this.#answer = this.#length
      this.#had = 0
      this.#give(complete)
      return
    }
    const length = complete.readUInt32BE(0)
    // Whoever speaks no Kafka is given to the library as it is, which says so.
    this.#answer = rooms.take(LENGTH + (length > LONGEST ? 0 : length))
    complete.copy(this.#answer)
    if (this.#answer.length === LENGTH) this.#complete()
  }
}
