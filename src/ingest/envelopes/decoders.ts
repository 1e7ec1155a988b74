/**
 * Readers of binary forms, given from outside (`src/io/decode`). None of them throws, whatever the bytes are.
 */
export interface Decoders {
  /** OTLP's ExportLogsServiceRequest; null when the bytes are none. The result is good until the next call. */
  readonly otlpLogs: (bytes: Uint8Array) => OtlpLogs | null
  /** A msgpack value that fills the bytes; undefined when they are none. */
  readonly msgpack: (bytes: Uint8Array) => unknown
}

/** Log records of a batch, by where they stand in its bytes. */
export interface OtlpLogs {
  readonly count: number
  /** Bounds of each body: the text when `isText`, else the message AnyValue; (0, 0) without a body. */
  readonly body: Int32Array
  readonly isText: Uint8Array
  /** Bounds that hold what tells the writer: the resource and the record's attributes, two pairs a record. */
  readonly writer: Int32Array
  /** Whether the records say when they were observed, as the collector's do. */
  readonly isObserved: boolean
  /** An AnyValue as a plain value. */
  value(from: number, to: number): unknown
  /** Attributes of record `index` by name, those of the resource over its own. */
  attributes(index: number): Readonly<Record<string, unknown>>
}
