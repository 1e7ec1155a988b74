import type { RecordCursor } from '../model/record.ts'

/** A cursor before its first record. All have the same fields in the same order: what is asked of each line is found at one place. */
export function emptyRecord(): RecordCursor {
  return {
    time: Number.NaN,
    program: 'unknown',
    level: 'INFO',
    bytes: new Uint8Array(0),
    from: 0,
    to: 0,
    messageFrom: 0,
    messageTo: 0,
    joined: false,
    member: null,
    cluster: null,
    stream: 0,
    line: 0,
    index: 0,
    sqlstate: '',
    reason: '',
    phrase: null,
  }
}
