/**
 * Room for answers that is used again when nobody needs what was in it: taken anew each time, it would be the garbage that
 * makes the collector the dearest part of reading. Room that never comes back is collected like anything else.
 */
export class Rooms {
  readonly #free: Buffer[] = []
  readonly #lent = new WeakMap<ArrayBufferLike, Buffer>()

  /** Room of so many bytes. */
  take(size: number): Buffer {
    if (size < SMALLEST || size > LARGEST) return Buffer.allocUnsafeSlow(size)
    const at = this.#free.findIndex(({ length }) => length >= size)
    const [room] = at < 0 ? [Buffer.allocUnsafeSlow(roomy(size))] : this.#free.splice(at, 1)
    this.#lent.set((room as Buffer).buffer, room as Buffer)
    return (room as Buffer).subarray(0, size)
  }

  /** Gives back the room that these bytes lie in; bytes from elsewhere are passed over. */
  giveBack({ buffer }: Uint8Array): void {
    const room = this.#lent.get(buffer)
    if (room === undefined) return
    this.#lent.delete(buffer)
    if (this.#free.length < MOST) this.#free.push(room)
  }
}

/** Less is not worth keeping, more comes seldom, bytes. */
const [SMALLEST, LARGEST] = [32 * 1024, 4 * 1024 * 1024] as const
const MOST = 8

const STEP = 256 * 1024

/** Answers of a like size share their room. */
function roomy(size: number): number {
  return Math.ceil(size / STEP) * STEP
}

/** Those of this process. */
export const rooms = new Rooms()
