import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { UsageError } from '../../src/config/problem.ts'
import type { KnownRule } from '../../src/config/types.ts'

const RULES: KnownRule[] = [
  {
    id: 'replica-stalled',
    scope: 'member',
    params: {
      still: { default: 15_000, unit: 'duration', means: 'time without movement' },
      gap: { default: 16 * 1024 * 1024, unit: 'size', means: 'bytes behind' },
      windows: { default: 2, unit: 'count', means: 'windows' },
      share: { default: 0.5, unit: 'ratio', means: 'share' },
    },
  },
  { id: 'wal-backlog', scope: 'member', params: {} },
  { id: 'no-leader', scope: 'cluster', params: {} },
]

const read = (text: string) => loadConfig(text, 'patrolog.yaml', RULES)

function problems(text: string): readonly string[] {
  try {
    read(text)
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error))
    return error.problems
  }
  return []
}

describe('configuration', () => {
  it('is empty when the file is', () => {
    for (const text of ['', '# nothing\n', 'rules:\nclusters:\n'])
      assert.deepEqual(read(text), { rules: {}, clusters: {} })
  })

  it('reads durations as ms and sizes as bytes', () => {
    const text = `
timezone: Europe/Berlin
lateness: 20s
rules:
  replica-stalled: { enabled: true, severity: warning, for: 1min30s, params: { still: 20s, gap: 32MiB, windows: 3, share: 0.25 } }
clusters:
  shop/orders:
    ttl: 30s
    maximumLagOnFailover: 250MB
    failsafeMode: true
    members:
      pg-2: { delayed: 1h, replicatefrom: pg-1, rules: { replica-stalled: { params: { still: 2min } } } }
    rules:
      wal-backlog: { enabled: false }
`
    assert.deepEqual(read(text), {
      timezone: 'Europe/Berlin',
      lateness: 20_000,
      rules: {
        'replica-stalled': {
          enabled: true,
          severity: 'warning',
          for: 90_000,
          params: { still: 20_000, gap: 33_554_432, windows: 3, share: 0.25 },
        },
      },
      clusters: {
        'shop/orders': {
          ttl: 30_000,
          maximumLagOnFailover: 250_000_000,
          failsafeMode: true,
          members: {
            'pg-2': {
              delayed: 3_600_000,
              replicatefrom: 'pg-1',
              rules: { 'replica-stalled': { params: { still: 120_000 } } },
            },
          },
          rules: { 'wal-backlog': { enabled: false } },
        },
      },
    })
  })

  it('tells the place, the setting and what was expected, all at once and in order', () => {
    const text = `timezone: Mars/Base
rules:
  replica-stalled:
    params:
      gap: "16 M"
      still: 15
      windows: 1.5
  replica-stuck: {}
clusters:
  orders:
    tll: 30s
    failsafeMode: "yes"
    members:
      pg-1: [archiveOnly]
      pg-2: { rules: { no-leader: {}, replica-stuck: {} } }
`
    assert.deepEqual(problems(text), [
      'patrolog.yaml:1:11 timezone: expected a zone such as Europe/Berlin, got "Mars/Base"',
      'patrolog.yaml:5:12 rules.replica-stalled.params.gap: expected a size such as 16MiB, got "16 M"',
      'patrolog.yaml:6:14 rules.replica-stalled.params.still: expected a duration such as 30s, got 15',
      'patrolog.yaml:7:16 rules.replica-stalled.params.windows: expected a whole number from 0, got 1.5',
      'patrolog.yaml:8:3 rules.replica-stuck: unknown rule; did you mean replica-stalled?',
      'patrolog.yaml:11:5 clusters.orders.tll: unknown setting; did you mean ttl?',
      'patrolog.yaml:12:19 clusters.orders.failsafeMode: expected true or false, got "yes"',
      'patrolog.yaml:14:13 clusters.orders.members.pg-1: expected a mapping, got a list',
      'patrolog.yaml:15:24 clusters.orders.members.pg-2.rules.no-leader: unknown rule; known are replica-stalled, wal-backlog',
      'patrolog.yaml:15:39 clusters.orders.members.pg-2.rules.replica-stuck: unknown rule; did you mean replica-stalled?',
    ])
  })

  it('tells the place of what is no YAML', () => {
    assert.match(problems('rules: [1')[0] as string, /^patrolog\.yaml:1:\d+ \w/)
    assert.match(problems('a: 1\na: 2\n')[0] as string, /^patrolog\.yaml:2:1 map keys must be unique/)
    assert.match(problems('- a\n')[0] as string, /^patrolog\.yaml:1:1 expected a mapping, got a list/)
    assert.match(problems('rules: *nowhere\n')[0] as string, /^patrolog\.yaml:1:\d+ /)
    assert.match(
      problems('rules:\n  wal-backlog: 5\n')[0] as string,
      /:2:16 rules\.wal-backlog: expected a mapping, got 5/,
    )
  })

  it('is not led astray by names that objects have by themselves', () => {
    assert.match(problems('constructor: {}\n')[0] as string, /unknown setting/)
    assert.deepEqual(Object.keys(read('clusters: { toString: {} }').clusters), ['toString'])
    assert.equal(({} as { ttl?: number }).ttl, undefined)
  })
})
