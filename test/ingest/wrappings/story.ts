import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { capturesOf, logsOf } from '../../../src/commands/replay-inputs.ts'
import { EMPTY_CONFIG } from '../../../src/config/types.ts'
import { findInputs } from '../../../src/io/files/find.ts'
import { loadFacets, loadParsers, loadRules } from '../../../src/io/shelves.ts'
import type { Effect, Gap } from '../../../src/model/effect.ts'
import type { Summary } from '../../../src/model/summary.ts'
import { run } from '../../../src/replay/run.ts'
import type { Events } from '../../../src/replay/run-options.ts'
import { root } from '../../../src/root.ts'

export const CLUSTER = 'acid-orders'

/** Files of logs by their path below the folder that is replayed. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** Lines of each member of a recorded run, as Patroni and PostgreSQL wrote them. */
export function recorded(name: string): ReadonlyMap<string, readonly string[]> {
  const folder = join(root, 'samples/incidents', name, CLUSTER)
  return new Map(
    readdirSync(folder)
      .sort()
      .map((member) => {
        const text = gunzipSync(readFileSync(join(folder, member, 'patroni.log.gz'))).toString('utf8')
        return [member, text.trimEnd().split('\n')] as const
      }),
  )
}

/** Puts logs beside the metrics of a recorded run into `folder`, which is new. */
export function lay(folder: string, name: string, files: Files): void {
  mkdirSync(folder, { recursive: true })
  const samples = join(root, 'samples/incidents', name)
  for (const file of readdirSync(samples))
    if (file.endsWith('.jsonl.gz')) cpSync(join(samples, file), join(folder, file))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

export interface Replayed {
  /** Transitions and alerts, without sources and evidence, a line each. */
  readonly story: readonly string[]
  readonly summary: Summary
}

export interface ReplayOptions {
  readonly zone?: string
  readonly onEffect?: (effect: Effect) => void
  /** Whether the log may tell the zone. */
  readonly learnZones?: boolean
  readonly onGap?: (gap: Gap) => void
  /** `all`: every line takes its turn. */
  readonly events?: Events
  /** Nothing after it is wanted, epoch ms. */
  readonly to?: number | null
}

export async function replay(
  folder: string,
  { zone = 'UTC', learnZones = false, onEffect, onGap, events = 'none', to = null }: ReplayOptions = {},
): Promise<Replayed> {
  const effects: Effect[] = []
  const [shelves, facets, rules] = await Promise.all([loadParsers(), loadFacets(), loadRules()])
  const inputs = await findInputs([folder])
  const logs = await logsOf(
    inputs.filter(({ kind }) => kind === 'log'),
    zone,
  )
  const captures = await capturesOf(
    inputs.filter(({ kind }) => kind === 'capture'),
    zone,
  )
  const summary = await run(
    { logs, captures },
    { shelves, facets, rules },
    {
      config: EMPTY_CONFIG,
      cluster: null,
      member: null,
      zone,
      learnZones,
      to,
      events,
      onGap,
      onEffect: (effect) => {
        effects.push(effect)
        onEffect?.(effect)
      },
      onProblem: () => {},
    },
  )
  return { story: effects.flatMap((effect) => told(effect) ?? []), summary }
}

function told(effect: Effect): string | undefined {
  if (effect.kind === 'transition') {
    const { time, cluster, member, facet, from, to, basis } = effect
    return [at(time), cluster, member, facet, from, to, basis].join(' ')
  }
  if (effect.kind !== 'alert') return undefined
  const { time, cluster, member, rule, status, severity, subject, since, was } = effect
  return [at(time), cluster, member, rule, status, severity, subject, at(since), was].join(' ')
}

function at(time: number): string {
  return new Date(time).toISOString()
}
