import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_NAMING, type TargetNaming } from '../../../src/ingest/readings/naming.ts'
import { readAnswer, type Series, scrapedOf } from '../../../src/ingest/readings/prometheus.ts'
import { targets } from '../../../src/ingest/readings/targets.ts'

type Values = readonly (readonly [number, string])[]

function answer(...result: readonly { metric: Record<string, string>; values: Values }[]) {
  const read = readAnswer({ status: 'success', data: { resultType: 'matrix', result } })
  assert.ok(read !== null && 'series' in read)
  return read.series
}

const T = 1_795_374_001
const series = (name: string, values: Values, labels: Record<string, string> = {}) => ({
  metric: { __name__: name, scope: 'demo', instance: '10.0.0.12:8008', job: 'patroni', ...labels },
  values,
})

const samplesOf = (of: readonly Series[], naming: TargetNaming, after?: number) =>
  scrapedOf(of, naming, targets(), after).filter((reading) => reading.kind === 'sample')

describe('series of Patroni', () => {
  it('are one sample for each scrape, at the time of the scrape', () => {
    const at: Values = [
      [T + 0.5, '0'],
      [T + 15.5, '0'],
    ]
    const samples = samplesOf(
      answer(
        series('patroni_primary', at, { name: 'pg-1' }),
        series(
          'patroni_replica',
          [
            [T + 0.5, '1'],
            [T + 15.5, '1'],
          ],
          { name: 'pg-1' },
        ),
        series(
          'patroni_xlog_replayed_location',
          [
            [T + 0.5, '67419744'],
            [T + 15.5, '6.7419745e+07'],
          ],
          { name: 'pg-1' },
        ),
      ),
      NO_NAMING,
    )
    assert.deepEqual(samples, [
      {
        kind: 'sample',
        cluster: 'demo',
        member: 'pg-1',
        time: 1_795_374_001_500,
        via: '/metrics',
        role: 'replica',
        replayLsn: 67_419_744n,
      },
      {
        kind: 'sample',
        cluster: 'demo',
        member: 'pg-1',
        time: 1_795_374_016_500,
        via: '/metrics',
        role: 'replica',
        replayLsn: 67_419_745n,
      },
    ])
  })

  it('leave out what is no number, and a position of 0', () => {
    const [sample] = samplesOf(
      answer(
        series('patroni_master', [[T, '1']]),
        series('patroni_xlog_location', [[T, '0']]),
        series('patroni_dcs_last_seen', [[T, 'NaN']]),
        series('patroni_postgres_timeline', [[T, '+Inf']]),
        series('patroni_is_paused', [[T, '']]),
      ),
      NO_NAMING,
    )
    assert.deepEqual(sample, {
      kind: 'sample',
      cluster: 'demo',
      member: '10.0.0.12',
      time: T * 1000,
      via: '/metrics',
      role: 'primary',
    })
  })

  it('do not repeat what an earlier range gave', () => {
    const read = answer(
      series('patroni_primary', [
        [T, '1'],
        [T + 15, '1'],
      ]),
    )
    assert.deepEqual(
      samplesOf(read, NO_NAMING, T * 1000).map(({ time }) => time),
      [(T + 15) * 1000],
    )
  })

  it('are a scrape that ended half: what is missing is absent', () => {
    const [first, second] = samplesOf(
      answer(
        series('patroni_primary', [
          [T, '1'],
          [T + 15, '1'],
        ]),
        series('patroni_xlog_location', [[T, '5']]),
      ),
      NO_NAMING,
    )
    assert.equal(first?.writeLsn, 5n)
    assert.equal(second !== undefined && 'writeLsn' in second, false)
  })
})

describe('the member of a target', () => {
  const memberOf = (labels: Record<string, string>, naming: TargetNaming = NO_NAMING) =>
    samplesOf(answer(series('patroni_primary', [[T, '1']], labels)), naming)[0]?.member

  it('is the one Patroni names', () => assert.equal(memberOf({ name: 'pg-1', pod: 'x' }), 'pg-1'))
  it('else the one configured for the target, or its host', () => {
    const naming = {
      ...NO_NAMING,
      targets: new Map([
        ['10.0.0.12:8008', 'pg-1'],
        ['10.0.0.13', 'pg-2'],
      ]),
    }
    assert.equal(memberOf({}, naming), 'pg-1')
    assert.equal(memberOf({ instance: '10.0.0.13:8008' }, naming), 'pg-2')
  })
  it('else by the rule for a label', () => {
    const member = { label: 'node', pattern: /^(?:([^.]+)\.eu\.(\d))$/, name: 'pg-$1-$2' }
    assert.equal(memberOf({ node: 'a.eu.3' }, { ...NO_NAMING, member }), 'pg-a-3')
    assert.equal(memberOf({ node: 'a.us.3' }, { ...NO_NAMING, member }), undefined, 'no name, no sample')
  })
  it('else the pod, else the host', () => {
    assert.equal(memberOf({ pod: 'orders-1' }), 'orders-1')
    assert.equal(memberOf({ instance: 'pg-3.example:8008' }), 'pg-3.example')
    assert.equal(memberOf({ instance: '[fd00::1]:8008' }), 'fd00::1')
  })
  it('is of the cluster that a rule gives, else of the scope', () => {
    const naming = { ...NO_NAMING, cluster: { label: 'ns', name: 'site/$1', pattern: /^(?:(.+))$/ } }
    const read = answer(series('patroni_primary', [[T, '1']], { ns: 'shop' }))
    assert.equal(samplesOf(read, naming)[0]?.cluster, 'site/shop')
    assert.equal(samplesOf(read, NO_NAMING)[0]?.cluster, 'demo')
  })
})

describe('series of postgres_exporter', () => {
  const exporter = (name: string, value: string, labels: Record<string, string> = {}) => ({
    metric: { __name__: name, instance: '10.0.0.12:9187', job: 'postgres', server: 'localhost:5432', ...labels },
    values: [[T + 3, value]] as Values,
  })
  const beside = series('patroni_primary', [[T, '1']], { name: 'pg-1' })

  it('belong to the member whose Patroni is scraped on the same host', () => {
    const samples = samplesOf(
      answer(
        beside,
        exporter('pg_replication_is_replica', '0'),
        exporter('pg_replication_slots_active', '0', { slot_name: 'pg_2', slot_type: 'physical' }),
        exporter('pg_replication_slots_pg_wal_lsn_diff', '268435456', { slot_name: 'pg_2' }),
        exporter('pg_replication_slot_safe_wal_size_bytes', '1048576', { slot_name: 'pg_2' }),
        exporter('pg_replication_slot_wal_status', '1', { slot_name: 'pg_2', wal_status: 'extended' }),
        exporter('pg_replication_slot_slot_is_active', '1', { slot_name: 'pg_3' }),
        exporter('pg_stat_replication_pg_current_wal_lsn_bytes', '83886080', {
          application_name: 'pg-3',
          state: 'streaming',
        }),
        exporter('pg_replication_lag_seconds', '0'),
      ),
      NO_NAMING,
    )
    assert.deepEqual(samples[1], {
      kind: 'sample',
      cluster: 'demo',
      member: 'pg-1',
      time: (T + 3) * 1000,
      via: 'postgres_exporter',
      role: 'primary',
      state: 'running',
      writeLsn: 83_886_080n,
      standbys: [{ name: 'pg-3', state: 'streaming' }],
      slots: [
        { name: 'pg_2', active: false, retained: 268_435_456, safeWalSize: 1_048_576, walStatus: 'extended' },
        { name: 'pg_3', active: true },
      ],
    })
  })

  it('give what the receiver of a replica has, and never its own lag', () => {
    const receiver = { upstream_host: 'pg-0', slot_name: 'pg_1', status: 'streaming' }
    const [, sample] = samplesOf(
      answer(
        beside,
        exporter('pg_replication_is_replica', '1'),
        exporter('pg_stat_wal_receiver_flushed_lsn', '67108864', receiver),
        exporter('pg_replication_lag_seconds', '0'),
      ),
      NO_NAMING,
    )
    assert.equal(sample?.receiveLsn, 67_108_864n)
    assert.equal(sample?.streaming, true)
    assert.equal(sample?.role, 'replica')
  })

  it('say nothing when they say only the lag', () => {
    assert.equal(samplesOf(answer(beside, exporter('pg_replication_lag_seconds', '0')), NO_NAMING).length, 1)
  })
})

describe('an answer of Prometheus', () => {
  it('may carry warnings', () => {
    const read = readAnswer({ status: 'success', warnings: ['half'], data: { resultType: 'matrix', result: [] } })
    assert.deepEqual(read, { series: [], warnings: ['half'] })
  })
  it('may be a refusal', () => {
    const read = readAnswer({ status: 'error', errorType: 'bad_data', error: 'parse error' })
    assert.deepEqual(read, { type: 'bad_data', error: 'parse error' })
  })
  it('is not anything else', () => {
    for (const other of [null, 'x', {}, { status: 'success', data: { resultType: 'vector', result: [] } }])
      assert.equal(readAnswer(other), null)
  })
})

describe('a scrape that failed', () => {
  const up = (values: Values, instance = '10.0.0.12:8008') => ({
    metric: { __name__: 'up', job: 'patroni', instance },
    values,
  })
  const gave = series('patroni_replica', [[T, '1']], { name: 'pg-1' })

  it('is a poll of the member that its target gave readings of, in vain', () => {
    const known = targets()
    const first = scrapedOf(answer(gave, up([[T, '1'], [T + 15, '0']])), NO_NAMING, known) // biome-ignore format: pairs
    assert.deepEqual(
      first.map(({ kind, member, time }) => [kind, member, time]),
      [
        ['sample', 'pg-1', T * 1000],
        ['poll-failure', 'pg-1', (T + 15) * 1000],
      ],
    )
    const later = scrapedOf(answer(up([[T + 30, '0']])), NO_NAMING, known, (T + 15) * 1000)
    assert.deepEqual(later, [
      {
        kind: 'poll-failure',
        cluster: 'demo',
        member: 'pg-1',
        time: (T + 30) * 1000,
        path: '/metrics',
        error: 'the scrape failed (up is 0)',
      },
    ])
  })

  it('of anything else is none of ours', () => {
    const known = targets()
    const node = {
      ...up([[T, '0']], '10.0.0.12:9100'),
      metric: { __name__: 'up', job: 'node', instance: '10.0.0.12:9100' },
    }
    const other = up([[T, '0']], '10.0.0.13:8008')
    assert.deepEqual(
      scrapedOf(answer(gave, node, other), NO_NAMING, known).map(({ kind }) => kind),
      ['sample'],
    )
  })

  it('of a target that gave readings of two members tells nothing', () => {
    const known = targets()
    scrapedOf(answer(gave), NO_NAMING, known)
    scrapedOf(answer(series('patroni_replica', [[T + 15, '1']], { name: 'pg-2' })), NO_NAMING, known)
    assert.deepEqual(scrapedOf(answer(up([[T + 30, '0']])), NO_NAMING, known), [])
  })

  it('of an exporter is said to be of that', () => {
    const beside = {
      metric: { __name__: 'pg_replication_is_replica', job: 'pg', instance: 'pg-1:9187' },
      values: [[T, '1']] as Values,
    }
    const down = { metric: { __name__: 'up', job: 'pg', instance: 'pg-1:9187' }, values: [[T + 15, '0']] as Values }
    const [, failure] = scrapedOf(answer(beside, down), NO_NAMING, targets())
    assert.equal(failure?.kind === 'poll-failure' && failure.path, 'postgres_exporter')
  })
})
