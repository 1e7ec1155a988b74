import { ByteReader, ByteWriter } from './bytes.ts'

/**
 * Plain data: what `pack` takes and `unpack` gives back equal. Keys of objects are read in the order they were written;
 * a key that holds undefined is kept.
 */
export type Plain =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Float64Array
  | readonly Plain[]
  | ReadonlyMap<Plain, Plain>
  | { readonly [key: string]: Plain }

/** First byte of each value. */
const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  whole: 4,
  float: 5,
  bigint: 6,
  newText: 7,
  knownText: 8,
  bytes: 9,
  floats: 10,
  list: 11,
  map: 12,
  object: 13,
} as const

/** Whole numbers up to here take few bytes. */
const MOST_WHOLE = 2 ** 52

/** Plain data as bytes. Throws a TypeError at anything else (a function, an instance of a class), naming where it is. */
export function pack(value: unknown): Uint8Array {
  const out = new ByteWriter()
  const known = new Map<string, number>()

  function text(value: string): void {
    const index = known.get(value)
    if (index !== undefined) {
      out.byte(TAG.knownText)
      out.count(index)
      return
    }
    known.set(value, known.size)
    out.byte(TAG.newText)
    out.text(value)
  }

  function number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) <= MOST_WHOLE && !Object.is(value, -0)) {
      out.byte(TAG.whole)
      out.signed(value)
    } else {
      out.byte(TAG.float)
      out.float(value)
    }
  }

  function write(value: unknown, path: string): void {
    if (value === undefined) out.byte(TAG.undefined)
    else if (value === null) out.byte(TAG.null)
    else if (typeof value === 'boolean') out.byte(value ? TAG.true : TAG.false)
    else if (typeof value === 'number') number(value)
    else if (typeof value === 'string') text(value)
    else if (typeof value === 'bigint') {
      out.byte(TAG.bigint)
      text(value.toString())
    } else if (typeof value === 'object') container(value, path)
    else throw new TypeError(`${path}: expected plain data, got a ${typeof value}`)
  }

  function container(value: object, path: string): void {
    if (value instanceof Uint8Array) {
      out.byte(TAG.bytes)
      out.count(value.length)
      out.raw(value)
    } else if (value instanceof Float64Array) {
      out.byte(TAG.floats)
      out.count(value.length)
      for (const each of value) out.float(each)
    } else if (Array.isArray(value)) {
      out.byte(TAG.list)
      out.count(value.length)
      value.forEach((each, index) => {
        write(each, `${path}[${index}]`)
      })
    } else if (value instanceof Map) {
      out.byte(TAG.map)
      out.count(value.size)
      for (const [key, each] of value) {
        write(key, `${path} key`)
        write(each, `${path}[${String(key)}]`)
      }
    } else object(value as Record<string, unknown>, path)
  }

  function object(value: Record<string, unknown>, path: string): void {
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null)
      throw new TypeError(`${path}: expected plain data, got a ${prototype.constructor?.name ?? 'class instance'}`)
    const keys = Object.keys(value)
    out.byte(TAG.object)
    out.count(keys.length)
    for (const key of keys) {
      text(key)
      write(value[key], `${path}.${key}`)
    }
  }

  write(value, 'value')
  return out.done().slice()
}

/** Reads what `pack` wrote. Throws a RangeError at bytes that are none of it. */
export function unpack(bytes: Uint8Array): unknown {
  const from = new ByteReader(bytes)
  const known: string[] = []

  function text(tag: number): string {
    if (tag === TAG.knownText) {
      const value = known[from.count()]
      if (value === undefined) throw new RangeError(`unknown text before byte ${from.at}`)
      return value
    }
    if (tag !== TAG.newText) throw new RangeError(`expected a text before byte ${from.at}, got tag ${tag}`)
    const value = from.text()
    known.push(value)
    return value
  }

  function list(): unknown[] {
    const count = from.count()
    const all: unknown[] = []
    for (let index = 0; index < count; index++) all.push(read())
    return all
  }

  function map(): Map<unknown, unknown> {
    const count = from.count()
    const all = new Map<unknown, unknown>()
    for (let index = 0; index < count; index++) {
      const key = read()
      all.set(key, read())
    }
    return all
  }

  function object(): Record<string, unknown> {
    const count = from.count()
    const all: Record<string, unknown> = {}
    for (let index = 0; index < count; index++) {
      const key = text(from.byte())
      // `__proto__` from hostile input is a key like any other.
      Object.defineProperty(all, key, { value: read(), writable: true, enumerable: true, configurable: true })
    }
    return all
  }

  function read(): unknown {
    const tag = from.byte()
    switch (tag) {
      case TAG.undefined:
        return undefined
      case TAG.null:
        return null
      case TAG.false:
        return false
      case TAG.true:
        return true
      case TAG.whole:
        return from.signed()
      case TAG.float:
        return from.float()
      case TAG.bigint:
        return BigInt(text(from.byte()))
      case TAG.bytes:
        return from.raw(from.count()).slice()
      case TAG.floats:
        return Float64Array.from({ length: from.count() }, () => from.float())
      case TAG.list:
        return list()
      case TAG.map:
        return map()
      case TAG.object:
        return object()
      default:
        return text(tag)
    }
  }

  return read()
}
