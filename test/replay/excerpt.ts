import assert from 'node:assert/strict'
import { replay } from '../ingest/wrappings/story.ts'
import { folder } from '../io/folder.ts'

/** Transitions and alerts of one file, each without its time and the cluster. */
export async function told(text: string, file = 'case.log'): Promise<readonly string[]> {
  const { story } = await replay(folder({ [file]: text }))
  return story.map((line) => line.replace(/^\S+ \S+ /, ''))
}

export function has(story: readonly string[], ...wanted: readonly string[]): void {
  for (const start of wanted)
    assert.ok(
      story.some((line) => line.startsWith(start)),
      `${start}\n${story.join('\n')}`,
    )
}

export function hasNot(story: readonly string[], ...unwanted: readonly string[]): void {
  for (const part of unwanted) assert.ok(!story.some((line) => line.includes(part)), `no ${part}\n${story.join('\n')}`)
}

export const at = (second: number) =>
  `2026-03-04 05:${String(6 + Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`
export const patroni = (second: number, message: string, level = 'INFO') => `${at(second)},100 ${level}: ${message}`
export const postgres = (second: number, message: string, pid = 71) => `${at(second)}.100 UTC [${pid}] ${message}`
export const paste = (...lines: readonly string[]) => `${lines.join('\n')}\n`
