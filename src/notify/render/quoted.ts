import type { Statement } from '../../model/effect.ts'
import type { Evidence, Source } from '../../model/source.ts'
import { place as writtenPlace } from '../../report/alert-text.ts'
import type { ZoneTimes } from '../../report/zone.ts'
import type { Quote } from './doc.ts'
import { shown } from './text.ts'

const STATEMENT = 320
const LINE = 320
const PLACE = 160

export interface Setting {
  readonly zone: string
  readonly runbookUrl: string
}

/** What a member says or does, with the time of it. */
export function statement({ member, time, text }: Statement, times: ZoneTimes): string {
  return `${times.clock(time)} ${shown(member, 63)}: ${shown(text, STATEMENT)}`
}

/** A line or a reading as evidence, and where it stands. */
export function quote(each: Evidence, times: ZoneTimes): Quote {
  if ('source' in each) return { text: shown(each.text, LINE), source: place(each.source) }
  return { text: shown(`${each.metric} = ${each.value}`, LINE), source: `metric at ${times.clock(each.time)}` }
}

/** Where a line stands: file and line, or topic, partition and offset. */
export function place(source: Source): string {
  return shown(writtenPlace(source), PLACE)
}
