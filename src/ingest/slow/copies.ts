import { hostIdentity } from '../envelopes/identity.ts'
import { behindLead, fieldsOf, formOf, frontOf, type Lead, leadBefore, leadOf, marksOf } from '../paste.ts'
import { DEEPEST, type Open, type Part, type SlowLine, within } from './part.ts'
import type { Reading } from './reading.ts'

/** Lines that were copied, with what stood in front of them there. */
export interface Copies {
  open(part: Part): readonly SlowLine[] | null
  /** A line without a time, without what stood in front of others. */
  following(part: Part): Part
  /** Whether such lines were seen. */
  any(): boolean
  /** Whether some of them had a TAB in front. */
  indented(): boolean
  /**
   * Whether what stands in front of PostgreSQL's time in a text belongs to its own prefix, so that it names nobody: an application, a
   * user, a host. `wrapper` tells that it reads like names that a tool prints.
   */
  isOwn(part: Part, wrapper: boolean): boolean
  /** Whether such lines were seen that have nothing in some of their fields. */
  fronted(): boolean
}

/** Different leads of copied lines in one input. */
const MOST_LEADS = 64
/** So many lines that begin with their prefix prove it: one may be what is left of a line that was copied. */
const DIRECT = 8
/** Different fronts of PostgreSQL's lines, likewise. */
const MOST_FRONTS = 64

export function copies(reading: Reading, open: Open): Copies {
  /** Forms of what was seen in front of lines. */
  const leads = new Map<string, RegExp>()
  /** Marks of fronts that named nobody: PostgreSQL's own processes have neither application nor user. */
  const fronts = new Set<string>()
  let indented = false

  function behind(part: Part, lead: Lead | null): readonly SlowLine[] | null {
    if (lead === null) return null
    const records = open({ ...without(part, lead), depth: part.depth + 1 })
    // Another object behind marks, as the labels of a row are, proves no line.
    if (records === null || (records.length > 0 && records.every(({ outcome }) => outcome === 'rejected'))) return null
    reading.wrapped = true
    indented ||= part.text.startsWith('\t')
    const form = formOf(part.text.slice(0, lead.length))
    if (leads.size < MOST_LEADS) leads.set(form.source, form)
    return records
  }

  function without(part: Part, lead: Lead, text = behindLead(part.text, lead)): Part {
    const identity = lead.member === null ? part.identity : hostIdentity(lead.member, reading.rules)
    return { ...part, identity, stream: within(part.stream, lead.stream), text }
  }

  /** A line as it was wrapped, in a row of an export. */
  function inField(part: Part): readonly SlowLine[] | null {
    for (const { lead, text } of fieldsOf(part.text)) {
      const records = open({ ...without(part, lead, text), depth: part.depth + 1 })
      if (records?.some(({ outcome }) => outcome === 'line') !== true) continue
      reading.wrapped = true
      return records
    }
    return null
  }

  return {
    open(part) {
      if (part.depth >= DEEPEST) return null
      const wrapped = inField(part)
      if (wrapped !== null) return wrapped
      // In a row of quoted fields the line is not the first.
      const ways = part.text.startsWith('"') ? [leadOf, marksOf] : [marksOf, leadOf]
      for (const way of ways) {
        const records = behind(part, way(part.text))
        if (records !== null) return records
      }
      return null
    },
    following(part) {
      for (const form of leads.values()) {
        const lead = form.exec(part.text)
        if (lead !== null) return without(part, leadBefore(lead[0]))
      }
      return part
    },
    isOwn(part, wrapper) {
      const front = frontOf(part.text)
      if (front === null) return false
      const { marks } = front
      const named = wrapper || front.named
      if (!named && fronts.size < MOST_FRONTS) fronts.add(marks)
      if (part.depth === 0 && reading.direct >= (named ? DIRECT : 1)) return true
      return named && fronts.has(marks)
    },
    fronted: () => fronts.size > 0,
    any: () => leads.size > 0,
    indented: () => indented,
  }
}
