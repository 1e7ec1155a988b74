/** How an incident of several alerts is shown: which leads, in what order the others follow, and what its members last said and did. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Alert } from '../../src/model/effect.ts'
import type { SlackStandIn } from '../../src/standin/slack.ts'
import { begin } from './begin.ts'
import { MINUTE, SECOND, START } from './kit.ts'

const source = { topic: 'logs', partition: 0, offset: '1', index: 0 }
const measured = (member: string, ago: number, text: string) => ({
  member,
  time: START - ago * SECOND,
  text,
  source: { metric: 'm' },
})
const said = (member: string, ago: number, text: string) => ({ member, time: START - ago * SECOND, text, source })

/** All texts of the first message, in their order. */
function shown({ messages }: SlackStandIn): string {
  const texts: string[] = []
  JSON.stringify(messages[0]?.blocks, (key, value) => {
    if (key === 'text' && typeof value === 'string') texts.push(value)
    return value
  })
  return texts.join('\n')
}

/** The alerts that are told beside the one that leads, by their summaries. */
const others = (text: string): string[] =>
  [...(text.split('\nSo far\n')[0] ?? '').matchAll(/^• .*?: (.*)$/gm)].map(([, summary = '']) => summary)

const warning = (fingerprint: string, given: Partial<Alert> = {}): Partial<Alert> => ({
  fingerprint,
  severity: 'warning',
  summary: fingerprint,
  ...given,
})

describe('an incident of several alerts', () => {
  it('shows what fires before what is over, then the graver, the older, and a fixed order of the rest', async () => {
    const w = await begin()
    await w.fire(warning('b', { startsAt: START }))
    await w.fire(warning('a', { startsAt: START }))
    await w.fire(warning('z', { startsAt: START - SECOND }))
    await w.fire({ fingerprint: 'grave', summary: 'grave' })
    await w.fire({ fingerprint: 'aside', severity: 'info', summary: 'aside' })
    await w.until(10 * SECOND)
    assert.match(shown(w.slack), /^🔴 CRITICAL shop\/orders · 5 alerts\ngrave\n/)
    assert.deepEqual(others(shown(w.slack)), ['z', 'a', 'b', 'aside'])

    await w.until(MINUTE)
    await w.resolve({ fingerprint: 'grave', summary: 'over' })
    await w.resolve(warning('z', { summary: 'z is over' }))
    await w.until(2 * MINUTE)
    assert.match(shown(w.slack), /^🟠 WARNING shop\/orders · 3 alerts\na\n/)
    assert.deepEqual(others(shown(w.slack)), ['b', 'aside', 'grave', 'z'])
  })

  it('is led by no mere information, though nothing else fires any more', async () => {
    const w = await begin()
    await w.fire(warning('a'))
    await w.fire({ fingerprint: 'aside', severity: 'info', summary: 'aside' })
    await w.until(10 * SECOND)
    await w.resolve(warning('a', { summary: 'a is over' }))
    await w.until(MINUTE)
    assert.match(shown(w.slack), /\na — now: a is over\n/)
    assert.deepEqual(others(shown(w.slack)), ['aside'])
  })

  it('shows of each member the newest measure, whichever alert brings it', async () => {
    const w = await begin()
    const quiet = { claims: [said('pg-1', 9, 'claim')] }
    await w.fire(
      warning('a', { ...quiet, measures: [measured('pg-1', 5, 'old'), measured('pg-0', 2, 'newest of pg-0')] }),
    )
    await w.fire(
      warning('b', { ...quiet, measures: [measured('pg-1', 3, 'newest of pg-1'), measured('pg-0', 4, 'older')] }),
    )
    await w.until(10 * SECOND)
    const rows = [...shown(w.slack).matchAll(/^(pg-\d) .*\d\d:\d\d:\d\d (.*)$/gm)].map(([, ...row]) => row.join(': '))
    assert.deepEqual(rows, ['pg-0: newest of pg-0', 'pg-1: newest of pg-1'])
  })
})
