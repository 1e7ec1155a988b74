import type { Kept } from './bounded.ts'
import type { Collected, Placed } from './collect.ts'
import { type EntryPage, entryHtml, timeOf } from './entry.ts'
import { html } from './escape.ts'

/** All entries that were kept, in the order of their times: that a line was repeated, or none came, is known only later. */
export function placed({ alerts, changes, others }: Collected): Placed[] {
  const all = [alerts, changes, others].map((row) => row.kept()).flatMap(({ first, last }) => [...first, ...last])
  return all.sort(inOrder)
}

/** A gap begins behind the last line before it. */
function inOrder(a: Placed, b: Placed): number {
  return timeOf(a.entry) - timeOf(b.entry) || isGap(a) - isGap(b) || a.order - b.order
}

const isGap = ({ entry }: Placed): number => (entry.kind === 'gap' ? 1 : 0)

/** The timeline of all `entries`, day by day; where entries were left out it says so. */
export function timelineHtml(collected: Collected, entries: readonly Placed[], zone: string, page: EntryPage): string {
  const notes = new Map([
    ...leftOut('alerts', collected.alerts.kept()),
    ...leftOut('changes of state', collected.changes.kept()),
    ...leftOut('lines and gaps', collected.others.kept()),
  ])
  let day = ''
  const items = entries.map((entry) => {
    const today = page.times.day(timeOf(entry.entry))
    const heading = today === day ? '' : `<li class="day">${html(`${today} (${zone})`)}</li>\n`
    day = today
    const note = notes.get(entry.order)
    return `${heading}${note === undefined ? '' : `<li class="left">${note}</li>`}${entryHtml(entry, page)}`
  })
  return items.length === 0
    ? '<p class="note">Nothing happened that is worth a line.</p>'
    : `<ol class="timeline">${items.join('')}</ol>`
}

/** The note of what is missing, by the order of the first entry after it. */
function leftOut(what: string, { left, last }: Kept<Placed>): [number, string][] {
  const next = last[0]
  if (left === 0 || next === undefined) return []
  return [[next.order, `${left} ${what} before this are left out: narrow the replay with --from, --to or --only.`]]
}
