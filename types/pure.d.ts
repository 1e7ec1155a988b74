/**
 * The few globals of the platform that pure code may use: they turn bytes into text and back, and nothing else.
 * Everything else that a platform adds (process, Buffer, timers, console) stays unknown to tsconfig.pure.json.
 */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: Uint8Array, options?: { stream?: boolean }): string
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number }
}
