import { type Look, TONES } from './lanes.ts'

/** From a time on a lane looks so, until the next mark. `id`: the entry of the timeline that says it. Epoch ms. */
export interface Mark extends Look {
  readonly from: number
  readonly id: string | null
  /** Changes that this mark stands for. */
  readonly changes: number
}

/** How one lane looked over time; it stays small however often it changes. */
export interface Track {
  /** The lane looks so since `from`, as was decided at `time`. */
  change(look: Look, from: number, time: number, id: string | null): void
  marks(): readonly Mark[]
}

const MOST = 2_000
const SLICES = 500

export function track(): Track {
  let marks: Mark[] = []
  return {
    change(look, from, time, id) {
      const last = marks.at(-1)
      if (last?.words === look.words && last.tone === look.tone) return
      const began = Number.isFinite(from) && from < time ? Math.max(from, last?.from ?? from) : time
      marks.push({ ...look, from: began, id, changes: 1 })
      if (marks.length > MOST) marks = merged(marks, SLICES)
    },
    marks: () => marks,
  }
}

/**
 * At most two marks for each slice of the time from the first to the last: how often it changed, with the worst of its
 * looks, and to what at last.
 */
export function merged(marks: readonly Mark[], slices: number): Mark[] {
  const first = marks[0]?.from ?? 0
  const width = ((marks.at(-1)?.from ?? 0) - first) / slices || 1
  const groups = Map.groupBy(marks, ({ from }) => Math.floor((from - first) / width))
  return [...groups.values()].flatMap((group) => (group.length <= 2 ? group : [mixed(group), group.at(-1) as Mark]))
}

function mixed(group: readonly Mark[]): Mark {
  const { from, id } = group[0] as Mark
  const changes = group.slice(0, -1).reduce((sum, mark) => sum + mark.changes, 0)
  const tone = TONES.find((each) => group.some((mark) => mark.tone === each)) ?? 'unknown'
  return { tone, words: `${changes} changes`, from, id, changes }
}
