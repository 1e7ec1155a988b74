/** Lines that bring nothing new are passed over as they are read; a replay that wants all events looks at each. The same is told. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Effect, Gap, Shown } from '../../src/model/effect.ts'
import { isShown } from '../../src/report/entries.ts'
import { recorded, replay } from '../ingest/wrappings/story.ts'
import { folder } from '../io/folder.ts'

type Line = readonly [at: string, text: string]

/** The lines of all members in the order of their times, each behind its pod, as stern prints them. */
function stern(name: string): string {
  const lines: Line[] = []
  for (const [member, texts] of recorded(name)) {
    let at = ''
    for (const text of texts) {
      if (/^\d{4}-/.test(text)) at = text.slice(0, 23).replace('.', ',')
      lines.push([at, `${member} postgres ${text}`])
    }
  }
  return `${lines
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join('\n')}\n`
}

async function same(text: string, to: number | null = null): Promise<void> {
  const place = folder({ 'all.log': text })
  const [all, shown]: [Shown[], Shown[]] = [[], []]
  const taking = (told: Shown[]) => ({
    to,
    onEffect: (effect: Effect) => effect.kind === 'event' && isShown(effect.type) && told.push(effect),
    onGap: (gap: Gap) => told.push(gap),
  })
  const quick = await replay(place, { to })
  const careful = await replay(place, { ...taking(all), events: 'all' })
  const timeline = await replay(place, { ...taking(shown), events: 'timeline' })
  assert.deepEqual(quick.story, careful.story)
  assert.deepEqual(timeline.story, careful.story)
  assert.deepEqual(shown, all)
  // Noise that is passed over is not compared with noise before it: what was said twice is not told apart.
  const { total, events, rejected } = careful.summary.records
  const { records } = quick.summary
  assert.deepEqual([records.total, records.events, records.rejected], [total, events, rejected])
  assert.equal(quick.summary.to, careful.summary.to)
}

describe('what is passed over', () => {
  for (const name of ['silent-stall', 'dcs-outage-failsafe', 'leader-died-and-rewound', 'pods-watch-stale'])
    it(`is not missed in ${name}`, async () => {
      const text = stern(name)
      await same(text)
      const middle = /^\S+ \S+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/m.exec(text.slice(text.length >> 1))
      assert.ok(middle !== null)
      await same(text, Date.parse(`${middle[1]}T${middle[2]}Z`))
    })

  it('is not missed in lines out of order, and broken', async () => {
    const line = fc.record({
      pod: fc.integer({ min: 0, max: 2 }),
      kind: fc.integer({ min: 0, max: 6 }),
      late: fc.integer({ min: 0, max: 7_000 }),
      cut: fc.constantFrom(0, 0, 0, 3),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 80 }), (lines) => {
        const texts = lines.map(({ pod, kind, late, cut }, at) => {
          const time = new Date(START + 2_000 * at - late).toISOString().replace('T', ' ').slice(0, 23)
          const text = `db-${pod} postgres ${written(kind, time, `db-${pod}`)}`
          return `${text.slice(0, text.length - cut)}\n`
        })
        return same(texts.join(''))
      }),
      { numRuns: 60 },
    )
  })
})

const START = Date.UTC(2026, 2, 4, 5)

function written(kind: number, time: string, self: string): string {
  const [at, ms] = [time.slice(0, 19), time.slice(20)]
  return [
    `${at},${ms} INFO: no action. I am (${self}), a secondary, and following a leader (db-0)`,
    `${at},${ms} INFO: no action. I am (${self}), the leader with the lock`,
    `${at}.${ms} UTC [71] LOG:  connection received: host=10.2.0.1 port=5`,
    `${at} UTC [71]: [3-1] 6b0.47 0     LOG:  duration: ${ms}.5 ms  statement: select 1`,
    `${at}.${ms} UTC [71] DETAIL:  Key (id)=(${ms}) already exists.`,
    `${at}.${ms} UTC [71] ERROR:  nobody knows ${ms}`,
    'no time of its own',
  ][kind] as string
}
