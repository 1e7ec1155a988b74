import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import kafkajs from 'kafkajs'
import snappy from 'kafkajs-snappy'

/** More than this out of one batch is taken for an attack on memory, bytes. */
const LARGEST = { maxOutputLength: 256 * 1024 * 1024 }

interface Codec {
  readonly name: string
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  decompress(packed: Buffer): Promise<Buffer>
}

/** The codecs of Kafka by the number that a batch carries; lz4 brings a binary, which is loaded when it is needed. */
const CODECS: Readonly<Record<number, Codec>> = {
  1: {
    name: 'gzip',
    compress: async ({ buffer }) => gzipSync(buffer),
    decompress: async (packed) => gunzipSync(packed, LARGEST),
  },
  2: { name: 'snappy', ...snappyCodec() },
  3: {
    name: 'lz4',
    compress: async ({ buffer }) => (await import('lz4-napi')).compressFrameSync(buffer),
    decompress: async (packed) => (await import('lz4-napi')).decompressFrameSync(packed),
  },
  4: {
    name: 'zstd',
    compress: async ({ buffer }) => zstdCompressSync(buffer),
    decompress: async (packed) => zstdDecompressSync(packed, LARGEST),
  },
}

function snappyCodec(): Omit<Codec, 'name'> {
  const { compress, decompress } = snappy() as Omit<Codec, 'name'>
  return {
    compress: async (encoder) => Buffer.from(await compress(encoder)),
    decompress: async (packed) => Buffer.from(await decompress(packed)),
  }
}

/** Unpacks the records of a batch. Throws naming the codec when they are broken, too large, or packed by an unknown one. */
export async function decompress(number: number, packed: Buffer): Promise<Buffer> {
  const codec = CODECS[number]
  if (codec === undefined) throw new Error(`compression codec ${number} is not known`)
  try {
    return await codec.decompress(packed)
  } catch (cause) {
    throw new Error(`${codec.name}: ${(cause as Error).message}`, { cause })
  }
}

/** Lets kafkajs send with every codec; it knows only gzip by itself. */
export function registerCodecs(): void {
  const registry = kafkajs.CompressionCodecs as Record<string, () => Codec>
  for (const [number, codec] of Object.entries(CODECS)) registry[number] = () => codec
}
