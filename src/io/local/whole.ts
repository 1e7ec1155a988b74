import type { KafkaRecord } from '../kafka/types.ts'

const NOTHING = Buffer.alloc(0)

/** A record that lies among no others. `headers` is what its headers are written as, empty when there are none. */
export function wholeRecord(
  of: Pick<KafkaRecord, 'offset' | 'timestamp' | 'timestampKind' | 'key' | 'value' | 'headers'>,
  headers: Buffer = NOTHING,
): KafkaRecord {
  const { key, value } = of
  const alone = key === null && headers.length === 0
  const keyTo = key?.length ?? 0
  const valueTo = keyTo + (value?.length ?? 0)
  const { buffer, byteOffset, length } = alone
    ? (value ?? NOTHING)
    : Buffer.concat([key ?? NOTHING, value ?? NOTHING, headers])
  return {
    ...of,
    // No Buffer: what a reader slices off to keep is to be a copy.
    bytes: new Uint8Array(buffer, byteOffset, length),
    keyFrom: key === null ? -1 : 0,
    keyTo,
    valueFrom: value === null ? -1 : keyTo,
    valueTo,
    headersFrom: valueTo,
    headersTo: valueTo + headers.length,
  }
}
