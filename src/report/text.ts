import type { Effect, EventEffect, Transition } from '../model/effect.ts'
import type { Summary } from '../model/summary.ts'
import { alertBlock, type Paint, place } from './alert-text.ts'
import { duration, labelled } from './layout.ts'
import { mask } from './mask.ts'
import { plain } from './plain.ts'
import { summaryText } from './summary-text.ts'
import { changeInWords } from './words.ts'
import { zoneTimes } from './zone.ts'

export interface TextOptions {
  readonly zone: string
  readonly colour: boolean
}

/** Renders effects, given in the order of the output, as they come. */
export interface TextReport {
  effect(effect: Effect): string
  end(summary: Summary): string
}

/** A member without a line for so long leaves a gap that is shown. */
const GAP = 60_000
const COLOURS = { red: 31, yellow: 33, green: 32, dim: 2, bold: 1 } as const
/** Events worth a line of their own in the timeline; all others are in the JSONL. */
const SHOWN =
  /^(failsafe|demotion|promotion|switchover|rewind|reinit|datadir|bootstrap|timeline\.diverged|lock\.(lost|update|acquire-failed|released)|replication\.(upstream|wal-missing)|slot\.(lost|missing)|disk|process|postgres\.(crashed|start-failed|shutdown)|patroni\.(started|stopped)|operator)/

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

/** The timeline over all members: what changed and why, gaps as gaps, alerts as blocks. */
export function textReport({ zone, colour }: TextOptions): TextReport {
  const times = zoneTimes(zone)
  const paint: Paint = (text, name) => (colour ? `\u001b[${COLOURS[name]}m${text}\u001b[0m` : text)
  const heard = new Map<string, number>()
  const repeated = new Map<string, { type: string; count: number; until: number }>()
  let day = ''
  /** Alerts stand apart, a blank line before and after. */
  let afterAlert = false
  let clusters = new Set<string>()

  function heading(time: number): string {
    const today = times.day(time)
    if (today === day) return ''
    day = today
    return `${paint(`── ${today} (${zone}) `.padEnd(60, '─'), 'bold')}\n`
  }

  function who(effect: { cluster: string; member: string | null }): string {
    clusters = clusters.add(effect.cluster)
    const name = effect.member ?? '*'
    return clusters.size > 1 ? `${effect.cluster}/${name}` : name
  }

  function gap(effect: Effect): string {
    if (effect.kind !== 'event' || effect.member === null) return ''
    const key = `${effect.cluster}\n${effect.member}`
    const last = heard.get(key)
    heard.set(key, effect.time)
    if (last === undefined || effect.time - last < GAP) return ''
    return `${times.clock(last)}  ${paint(`… ${who(effect)}: no line for ${duration(effect.time - last)}`, 'dim')}\n`
  }

  /** Alike lines in a row are shown once, with their number at the next other one. */
  function event(effect: EventEffect): string {
    if (!SHOWN.test(effect.type)) return ''
    const key = `${effect.cluster}\n${effect.member}`
    const before = repeated.get(key)
    if (before?.type === effect.type && effect.time - before.until < GAP) {
      before.count++
      before.until = effect.time
      return ''
    }
    repeated.set(key, { type: effect.type, count: 1, until: effect.time })
    const said = plain(mask(effect.text)).slice(0, 200)
    return `${folded(key, before)}${labelled('', `${paint(`${who(effect)}:`, 'dim')} ${paint(said, 'dim')}`, 10).replace(/^ {10}/, `${times.clock(effect.time)}  `)}`
  }

  function folded(key: string, before: { type: string; count: number; until: number } | undefined): string {
    if (before === undefined || before.count < 2) return ''
    const member = key.slice(key.indexOf('\n') + 1)
    return `          ${paint(`${member}: ${before.count} × ${before.type} until ${times.clock(before.until)}`, 'dim')}\n`
  }

  function transition(effect: Transition): string {
    if (effect.from === 'unknown' && ORDINARY.has(`${effect.facet}:${effect.to}`)) return ''
    const from =
      effect.since < effect.time - 1_000 && Number.isFinite(effect.since) ? ` since ${times.clock(effect.since)}` : ''
    const basis = effect.basis === 'logged' ? '' : ` [${effect.basis}]`
    const words = changeInWords(effect)
    const because = effect.because === `it ${words}` ? '' : `: ${plain(mask(effect.because))}`
    const text = `${who(effect)} ${words}${from}${because}${basis}`
    const lines = labelled('', text, 10)
    const last = effect.evidence[0]
    const source =
      last !== undefined && 'source' in last && effect.basis !== 'measured'
        ? `          ${paint(`└ ${place(last.source)}`, 'dim')}\n`
        : ''
    return `${lines.replace(/^ {10}/, `${times.clock(effect.time)}  `)}${source}`
  }

  function body(effect: Effect): string {
    switch (effect.kind) {
      case 'event':
        return event(effect)
      case 'transition':
        return transition(effect)
      case 'alert':
        return alertBlock(effect, times, paint)
      case 'late':
        return ''
      case 'reject':
        return `${times.clock(effect.time)}  ${paint(`rejected, ${effect.reason}: ${place(effect.source)}`, 'dim')}\n`
    }
  }

  return {
    effect(effect) {
      const text = `${gap(effect)}${body(effect)}`
      if (text === '') return ''
      const space = heading(effect.time) || (effect.kind === 'alert' || afterAlert ? '\n' : '')
      afterAlert = effect.kind === 'alert'
      return `${space}${text}`
    },
    end: (summary) => summaryText(summary, times, paint),
  }
}
