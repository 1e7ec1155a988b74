import type { Effect } from '../../src/model/effect.ts'
import { jsonLine } from '../../src/report/jsonl.ts'

export { type Shipped, shipped } from '../../src/commands/recording.ts'

/** What a story is, whoever tells it: transitions and alerts without their sources, sorted, up to a time. */
export function storyOf(effects: readonly Effect[], until: number): string[] {
  return storyOfLines(effects.map(jsonLine), until)
}

export function storyOfLines(lines: readonly string[], until: number): string[] {
  return lines
    .map((line) => JSON.parse(line))
    .filter(({ kind, time }) => (kind === 'transition' || kind === 'alert') && Date.parse(time) <= until)
    .map((effect) => JSON.stringify(effect, (key, value) => (key === 'source' ? undefined : value)))
    .sort()
}
