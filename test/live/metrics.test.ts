import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { NO_LINES } from '../../src/journal/intake.ts'
import { openMetrics } from '../../src/live/metrics.ts'
import { root } from '../../src/root.ts'

describe('what a process says of itself', () => {
  it('has what the docs name', async () => {
    const page = readFileSync(join(root, 'docs', 'operate.md'), 'utf8')
    const named = [...page.matchAll(/`(patrolog_\w+)/g)].map(([, name]) => name as string)
    assert.ok(named.length > 0)
    const text = await openMetrics().registry.metrics()
    for (const name of named) assert.match(text, new RegExp(`^# TYPE ${name} `, 'm'))
  })

  it('says how far each partition is from its end, and nothing of one that is not ours any more', async () => {
    const metrics = openMetrics()
    metrics.lags([
      { topic: 'logs', partition: 0, next: 5, end: 12 },
      { topic: 'logs', partition: 1, next: null, end: 12 },
    ])
    const lags = async () => (await metrics.registry.getSingleMetricAsString('patrolog_consumer_lag')).match(/^p.*$/gm)
    assert.deepEqual(await lags(), ['patrolog_consumer_lag{topic="logs",partition="0"} 7'])
    metrics.gone('logs', 0)
    assert.equal(await lags(), null)
  })

  it('forgets inputs that are no more: each day has files of its own', async () => {
    const metrics = openMetrics()
    for (const topic of ['a.log', 'b.log']) metrics.taken(topic, 1, NO_LINES, { ...NO_LINES, event: 1 })
    metrics.ended('a.log')
    const text = await metrics.registry.metrics()
    assert.doesNotMatch(text, /a\.log/)
    assert.match(text, /patrolog_lines_total\{topic="b\.log",outcome="event"\} 1/)
  })
})
