import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EMPTY_CONFIG } from '../../src/config/types.ts'
import { probe } from '../../src/ingest/probe.ts'
import { findInputs } from '../../src/io/files/find.ts'
import { sequences } from '../../src/io/files/sequence.ts'
import { loadFacets, loadParsers, loadRules } from '../../src/io/shelves.ts'
import type { Alert, Effect, Transition } from '../../src/model/effect.ts'
import { run } from '../../src/replay/run.ts'
import { root } from '../../src/root.ts'

/** Folders of recorded runs: incidents, and good days on which nobody is called. */
export async function goldenFolders(): Promise<string[]> {
  const folders = await Promise.all(
    ['samples/incidents', 'samples/healthy'].map(async (shelf) => {
      const entries = await readdir(join(root, shelf), { withFileTypes: true })
      return entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, shelf, entry.name))
    }),
  )
  return folders.flat().sort()
}

/** The story of a recorded run as a person reads it: a line for each transition and each decision on an alert. */
export async function goldenStory(folder: string): Promise<string> {
  const effects = await replayed(folder)
  return `${effects.flatMap((effect) => told(effect) ?? []).join('\n')}\n`
}

/** The alerts of a recorded run that would have called somebody. */
export async function pages(folder: string): Promise<Alert[]> {
  const effects = await replayed(folder)
  return effects.filter((effect) => effect.kind === 'alert').filter(({ severity }) => severity !== 'info')
}

/** All that a replay of a recorded run decides. */
export async function replayed(folder: string, cluster: string | null = null): Promise<Effect[]> {
  const effects: Effect[] = []
  const [shelves, facets, rules] = await Promise.all([loadParsers(), loadFacets(), loadRules()])
  const inputs = await findInputs([folder])
  await run(
    {
      logs: await sequences(
        inputs.filter(({ kind }) => kind === 'log'),
        probe,
      ),
      captures: inputs.filter(({ kind }) => kind === 'capture'),
    },
    { shelves, facets, rules },
    {
      config: EMPTY_CONFIG,
      cluster,
      member: null,
      zone: 'UTC',
      to: null,
      events: 'none',
      onEffect: (effect) => effects.push(effect),
      onProblem: () => {},
    },
  )
  return effects
}

function told(effect: Effect): string | undefined {
  if (effect.kind === 'transition') return `${clock(effect.time)} ${effect.member.padEnd(14)} ${change(effect)}`
  if (effect.kind === 'alert') return `${clock(effect.time)} ${(effect.member ?? '-').padEnd(14)} ${decision(effect)}`
  return undefined
}

function change({ facet, from, to, basis, because, since, time }: Transition): string {
  const begun = since === time ? '' : `, since ${clock(since)}`
  return `${facet}: ${from} → ${to} (${basis}${begun}): ${because}`
}

function decision({ rule, status, severity, subject, summary, endReason, was, inhibitedBy, since }: Alert): string {
  const muted = inhibitedBy === null ? '' : ', muted by its cause'
  const before = was === null ? '' : `, was ${was}`
  if (status === 'resolved') return `RESOLVED ${rule} ${subject} (${endReason})`
  return `${severity.toUpperCase()} ${rule} ${subject} (since ${clock(since)}${before}${muted}): ${summary}`
}

/** `HH:MM:SS` UTC. */
function clock(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(11, 19) : '--:--:--'
}
