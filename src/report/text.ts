import type { EventEffect, Shown, Transition } from '../model/effect.ts'
import type { Summary } from '../model/summary.ts'
import { alertBlock, place } from './alert-text.ts'
import { changeText, type Entry, entries, lineText } from './entries.ts'
import { duration, labelled, type Sheet, WIDTH } from './layout.ts'
import { summaryText } from './summary-text.ts'
import { zoneTimes } from './zone.ts'

export interface TextOptions {
  readonly zone: string
  readonly colour: boolean
  /** Of what it is shown on, in characters; 100 when not given. */
  readonly width?: number
}

/** Renders what is told, given in the order of the output, as it comes. */
export interface TextReport {
  effect(effect: Shown): string
  end(summary: Summary): string
}

const COLOURS = { red: 31, yellow: 33, green: 32, dim: 2, bold: 1 } as const

/** The timeline over all members: what changed and why, gaps as gaps, alerts as blocks. */
export function textReport({ zone, colour, width = WIDTH }: TextOptions): TextReport {
  const times = zoneTimes(zone)
  const paint: Sheet['paint'] = (text, name) => (colour ? `\u001b[${COLOURS[name]}m${text}\u001b[0m` : text)
  const sheet: Sheet = { width, paint }
  const entriesOf = entries()
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

  function line(effect: EventEffect): string {
    const text = labelled('', `${who(effect)}: ${lineText(effect)}`, 10, width)
    // Painted when it is broken: colours take no room.
    const painted = colour ? text.replace(/^( {10})(.*)$/gm, (_, pad, words) => pad + paint(words, 'dim')) : text
    return painted.replace(/^ {10}/, `${times.clock(effect.time)}  `)
  }

  function change(effect: Transition): string {
    const lines = labelled('', `${who(effect)} ${changeText(effect, times)}`, 10, width)
    const last = effect.evidence[0]
    const source =
      last !== undefined && 'source' in last && effect.basis !== 'measured'
        ? `          ${paint(`└ ${place(last.source)}`, 'dim')}\n`
        : ''
    return `${lines.replace(/^ {10}/, `${times.clock(effect.time)}  `)}${source}`
  }

  function shown(entry: Entry): string {
    switch (entry.kind) {
      case 'gap': {
        const { from, to } = entry
        return `${times.clock(from)}  ${paint(`… ${who(entry)}: no event for ${duration(to - from)}`, 'dim')}\n`
      }
      case 'line':
        return line(entry.effect)
      case 'repeated': {
        const { count, type, until } = entry
        return `          ${paint(`${who(entry)}: ${count} × ${type} until ${times.clock(until)}`, 'dim')}\n`
      }
      case 'change':
        return change(entry.effect)
      case 'alert':
        return alertBlock(entry.effect, entry.cause, times, sheet)
      case 'reject': {
        const { time, reason, source } = entry.effect
        return `${times.clock(time)}  ${paint(`rejected, ${reason}: ${place(source)}`, 'dim')}\n`
      }
    }
  }

  return {
    effect(effect) {
      const text = entriesOf(effect).map(shown).join('')
      if (text === '') return ''
      const space = heading(effect.time) || (effect.kind === 'alert' || afterAlert ? '\n' : '')
      afterAlert = effect.kind === 'alert'
      return `${space}${text}`
    },
    end: (summary) => summaryText(summary, times, sheet),
  }
}
