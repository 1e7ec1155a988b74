/**
 * Where a record of a topic lies among others of its batch, for who reads millions and wants no object of each part. A part
 * that is null begins at -1; the span of the headers is empty when there are none.
 */
export interface RecordSpans {
  readonly bytes: Uint8Array
  readonly keyFrom: number
  readonly keyTo: number
  readonly valueFrom: number
  readonly valueTo: number
  /** The bytes that hold all headers, whatever their encoding. */
  readonly headersFrom: number
  readonly headersTo: number
}
