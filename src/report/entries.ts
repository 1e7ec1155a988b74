import type { Alert, Effect, EventEffect, RejectEffect, Transition } from '../model/effect.ts'
import { mask } from './mask.ts'
import { plain } from './plain.ts'
import { changeInWords } from './words.ts'
import type { ZoneTimes } from './zone.ts'

/** What a timeline shows, as a value: printed as text, or drawn on a page. Times are epoch ms. */
export type Entry =
  /** No event of the member between two times: no line, or none that was understood. */
  | {
      readonly kind: 'gap'
      readonly cluster: string
      readonly member: string
      readonly from: number
      readonly to: number
    }
  | { readonly kind: 'line'; readonly effect: EventEffect }
  /** Lines alike that followed one that was shown; `count` counts that one too. */
  | {
      readonly kind: 'repeated'
      readonly cluster: string
      readonly member: string | null
      readonly type: string
      readonly count: number
      readonly until: number
    }
  | { readonly kind: 'change'; readonly effect: Transition }
  /** `cause`: the latest record of the alert that it is a consequence of, where that was shown. */
  | { readonly kind: 'alert'; readonly effect: Alert; readonly cause: Alert | null }
  | { readonly kind: 'reject'; readonly effect: RejectEffect }

/** A member without an event for so long leaves a gap that is shown, ms. */
const GAP = 60_000
/** Events worth a line of their own in the timeline; all others are in the JSONL. */
const SHOWN =
  /^(failsafe|demotion|promotion|switchover|rewind|reinit|datadir|bootstrap|timeline\.diverged|lock\.(lost|update|acquire-failed|released)|replication\.(upstream|wal-missing)|slot\.(lost|missing|failed)|disk|process|postgres\.(crashed|start-failed|shutdown)|patroni\.(started|stopped|error|action-failed)|operator)/

/** What is first learned of a healthy member: the summary has it. */
const ORDINARY = new Set([
  'failsafe:off',
  'dcs:reachable',
  'paused:no',
  'unlocked:no',
  'patroni:alive',
  'membership:present',
  'upstream:none',
])

/** Most lines are not worth one. */
const NONE: readonly Entry[] = []

/** Chooses what a timeline shows of the effects, given in the order of the output; of each, the entries it adds. */
export function entries(): (effect: Effect) => readonly Entry[] {
  const heard = new Map<string, number>()
  const repeated = new Map<string, { type: string; count: number; until: number }>()
  /** By fingerprint. */
  const firing = new Map<string, Alert>()

  function gap(effect: Effect): Entry | null {
    if (effect.kind !== 'event' || effect.member === null) return null
    const { cluster, member, time } = effect
    const key = `${cluster}\n${member}`
    const from = heard.get(key)
    heard.set(key, time)
    return from === undefined || time - from < GAP ? null : { kind: 'gap', cluster, member, from, to: time }
  }

  /** Alike lines in a row are shown once, with their number at the next other one. */
  function line(effect: EventEffect): readonly Entry[] {
    const { cluster, member, type, time } = effect
    if (!SHOWN.test(type)) return NONE
    const key = `${cluster}\n${member}`
    const before = repeated.get(key)
    if (before?.type === type && time - before.until < GAP) {
      before.count++
      before.until = time
      return NONE
    }
    repeated.set(key, { type, count: 1, until: time })
    const shown: Entry = { kind: 'line', effect }
    return before === undefined || before.count < 2
      ? [shown]
      : [{ kind: 'repeated', cluster, member, ...before }, shown]
  }

  function alert(effect: Alert): readonly Entry[] {
    const { fingerprint, inhibitedBy, status } = effect
    if (status === 'firing') firing.set(fingerprint, effect)
    else firing.delete(fingerprint)
    return [{ kind: 'alert', effect, cause: firing.get(inhibitedBy ?? '') ?? null }]
  }

  function body(effect: Effect): readonly Entry[] {
    if (effect.kind === 'event') return line(effect)
    if (effect.kind === 'transition')
      return effect.from === 'unknown' && ORDINARY.has(`${effect.facet}:${effect.to}`)
        ? NONE
        : [{ kind: 'change', effect }]
    if (effect.kind === 'late') return NONE
    return effect.kind === 'alert' ? alert(effect) : [{ kind: 'reject', effect }]
  }

  return (effect) => {
    const before = gap(effect)
    const own = body(effect)
    return before === null ? own : [before, ...own]
  }
}

/** A line as a timeline quotes it. */
export function lineText({ text }: EventEffect): string {
  return plain(mask(text)).slice(0, 200)
}

/** What changed, since when if that was earlier, and why unless the words say it. */
export function changeText(effect: Transition, times: ZoneTimes): string {
  const words = changeInWords(effect)
  const since =
    effect.since < effect.time - 1_000 && Number.isFinite(effect.since) ? ` since ${times.clock(effect.since)}` : ''
  const because = effect.because === `it ${words}` ? '' : `: ${plain(mask(effect.because))}`
  const basis = effect.basis === 'logged' ? '' : ` [${effect.basis}]`
  return `${words}${since}${because}${basis}`
}
