import type { Alert, EventEffect, RejectEffect, Shown, Transition } from '../model/effect.ts'
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

/** Alike lines farther apart are not counted together, ms. */
const APART = 60_000
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

/** Whether a timeline may show lines of this type of event: it need not be told the others. */
export function isShown(type: string): boolean {
  return SHOWN.test(type)
}

/** Chooses what a timeline shows of what is told, given in the order of the output; of each, the entries it adds. */
export function entries(): (effect: Shown) => readonly Entry[] {
  const repeated = new Map<string, { type: string; count: number; until: number }>()
  /** By fingerprint. */
  const firing = new Map<string, Alert>()

  /** Alike lines in a row are shown once, with their number at the next other one. */
  function line(effect: EventEffect): readonly Entry[] {
    const { cluster, member, type, time } = effect
    if (!isShown(type)) return NONE
    const key = `${cluster}\n${member}`
    const before = repeated.get(key)
    if (before?.type === type && time - before.until < APART) {
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

  return (effect) => {
    switch (effect.kind) {
      case 'event':
        return line(effect)
      case 'transition':
        return isOrdinary(effect) ? NONE : [{ kind: 'change', effect }]
      case 'alert':
        return alert(effect)
      case 'reject':
        return [{ kind: 'reject', effect }]
      case 'gap': {
        const { cluster, member, from, time: to } = effect
        return [{ kind: 'gap', cluster, member, from, to }]
      }
      case 'late':
        return NONE
    }
  }
}

function isOrdinary({ facet, from, to }: Transition): boolean {
  return from === 'unknown' && ORDINARY.has(`${facet}:${to}`)
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
