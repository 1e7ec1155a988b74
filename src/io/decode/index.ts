import { otlpMetrics, remoteWrite } from './metrics.ts'
import { msgpack } from './msgpack.ts'
import { otlpLogs } from './otlp.ts'

/** Readers of the binary forms that shippers write. One set belongs to one reader of records. */
export function decoders() {
  return { otlpLogs: otlpLogs(), msgpack, otlpMetrics, remoteWrite }
}
