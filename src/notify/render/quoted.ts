import type { Statement } from '../../model/effect.ts'
import type { Evidence, Source } from '../../model/source.ts'
import type { ZoneTimes } from '../../report/zone.ts'
import type { Quote } from './doc.ts'
import { shown } from './text.ts'

const STATEMENT = 320
const LINE = 320

export interface Setting {
  readonly zone: string
  readonly runbookUrl: string
}

export function statement({ member, time, text }: Statement, times: ZoneTimes): string {
  return `${times.clock(time)} ${shown(member, 63)}: ${shown(text, STATEMENT)}`
}

export function quote(each: Evidence, times: ZoneTimes): Quote {
  if ('source' in each) return { text: shown(each.text, LINE), source: place(each.source) }
  return { text: shown(`${each.metric} = ${each.value}`, LINE), source: `metric at ${times.clock(each.time)}` }
}

export function place(source: Source): string {
  return shown(
    'file' in source ? `${source.file}:${source.line}` : `${source.topic}/${source.partition}@${source.offset}`,
    160,
  )
}
