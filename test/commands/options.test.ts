import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KINDS, type RawReplayOptions, readReplayOptions } from '../../src/commands/options.ts'
import { EMPTY_CONFIG } from '../../src/config/types.ts'

function read(raw: RawReplayOptions, paths = ['a.log'], config = EMPTY_CONFIG) {
  const problems: string[] = []
  return { options: readReplayOptions(paths, raw, config, problems), problems }
}

describe('replay options', () => {
  it('have defaults', () => {
    const { options, problems } = read({})
    assert.deepEqual(problems, [])
    assert.deepEqual(
      { ...options, kinds: [...options.kinds] },
      {
        metrics: [],
        prometheus: null,
        from: null,
        to: null,
        cluster: null,
        member: null,
        only: { clusters: [], members: [] },
        timezone: 'UTC',
        timezoneGiven: false,
        format: 'text',
        kinds: KINDS,
        failOn: null,
        html: null,
        config: EMPTY_CONFIG,
      },
    )
  })

  it('read times in the zone given, unless they name their own', () => {
    const hour = Date.UTC(2026, 6, 1, 10)
    for (const text of [
      '2026-07-01T12:00:00',
      '2026-07-01 12:00:00',
      '2026-07-01T10:00:00Z',
      '2026-07-01T13:00:00+03:00',
    ]) {
      assert.equal(read({ from: text, timezone: 'Europe/Berlin' }).options.from, hour, text)
    }
    assert.equal(
      read({ to: '2026-07-01' }, ['a'], { ...EMPTY_CONFIG, timezone: 'UTC+2' }).options.to,
      hour - 12 * 3_600_000,
    )
  })

  it('let the option win over the configuration', () => {
    const config = { ...EMPTY_CONFIG, timezone: 'Asia/Tokyo' }
    assert.equal(read({}, ['a'], config).options.timezone, 'Asia/Tokyo')
    assert.equal(read({ timezone: 'Europe/Berlin' }, ['a'], config).options.timezone, 'Europe/Berlin')
    assert.equal(read({}, ['a'], config).options.timezoneGiven, true)
    assert.equal(read({ timezone: 'UTC' }, ['a']).options.timezoneGiven, true)
  })

  it('filter by several clusters and members', () => {
    assert.deepEqual(read({ only: ['cluster=a,member=b', 'cluster=ns/c=d'] }).options.only, {
      clusters: ['a', 'ns/c=d'],
      members: ['b'],
    })
  })

  it('take readings without logs', () => {
    assert.deepEqual(read({ metrics: ['rest.jsonl'] }, []).problems, [])
  })

  it('take a Prometheus, with what the configuration says of it and who we are', () => {
    const config = { ...EMPTY_CONFIG, metrics: { prometheus: [{ url: 'https://p:9090/', match: 'job="patroni"' }] } }
    const problems: string[] = []
    const raw = { prometheus: 'https://me:s%40fe@p:9090', from: '2026-01-01' }
    const { prometheus } = readReplayOptions([], raw, config, problems)
    assert.deepEqual(problems, [])
    assert.deepEqual(prometheus, { url: 'https://p:9090', match: 'job="patroni"', username: 'me', password: 's@fe' })
    assert.deepEqual(read({ prometheus: 'http://p' }, []).problems, [
      '--prometheus: expected --from, since no log says when to begin',
    ])
  })

  it('refuse what they do not understand, all at once', () => {
    const wrong = {
      from: '5 past',
      to: '12:30',
      only: ['x'],
      format: 'xml',
      kinds: 'alert,foo',
      failOn: 'info',
      cluster: '',
    }
    assert.deepEqual(read({ ...wrong, timezone: 'Mars', prometheus: 'p:9090' }, ['kafka:lo gs', '']).problems, [
      'kafka:lo gs: expected kafka: and the name of a topic',
      'PATH: expected a file, a folder, a glob, kafka:TOPIC or -, got ""',
      '--timezone: expected a zone such as Europe/Berlin, got "Mars"',
      '--from: expected a time such as 2026-03-01T02:30:00Z, got "5 past"',
      '--to: expected a time such as 2026-03-01T02:30:00Z, got "12:30"',
      '--prometheus: expected a URL such as https://host:9090, got "p:9090"',
      '--cluster: expected a name, got ""',
      '--only: expected cluster=NAME or member=NAME, got "x"',
      '--format: expected one of text, jsonl, got "xml"',
      '--kinds: expected one of event, transition, alert, reject, late, summary, got "foo"',
      '--fail-on: expected one of critical, warning, got "info"',
    ])
    assert.equal(read({ from: '2026-01-02', to: '2026-01-01' }).problems.length, 1)
    assert.equal(read({}, []).problems.length, 1)
  })
})
