/** How the values of a topic are to be read when that is known beforehand. */
export type RecordFormat = 'auto' | 'raw' | 'json' | 'otlp_json' | 'otlp_proto' | 'msgpack'
