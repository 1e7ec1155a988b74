declare module 'kafkajs-snappy' {
  /** A codec as kafkajs registers it. */
  export default function snappy(): {
    compress(encoder: { readonly buffer: Buffer }): Promise<Uint8Array>
    decompress(packed: Buffer): Promise<Uint8Array>
  }
}
