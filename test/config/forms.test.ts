/** What each form of a setting takes, and what is said of what it does not. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { UsageError } from '../../src/config/problem.ts'

const PARAMS = {
  still: { default: 15_000, unit: 'duration', means: 'time' },
  gap: { default: 1, unit: 'size', means: 'bytes' },
  times: { default: 2, unit: 'count', means: 'times' },
  share: { default: 0.5, unit: 'ratio', means: 'share' },
} as const

/** What is wrong with a configuration: without file and place, the setting by its last name. */
function wrong(text: string): readonly string[] {
  try {
    loadConfig(text, 'p.yaml', [{ id: 'rule', scope: 'member', params: PARAMS }])
    return []
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error))
    return error.problems.map((problem) => problem.replace(/^\S+ (?:\S+\.)?(?=[^\s.]+: )/, ''))
  }
}

interface Form {
  /** A configuration with the setting, `?` in its place. */
  readonly at: string
  readonly expected: string
  readonly takes: readonly string[]
  readonly refuses: readonly string[]
}

const rule = (setting: string) => `rules: { rule: { ${setting} } }`
const receiver = (of: string) => `notify: { receivers: { a: ${of} } }`
const mail = (of: string) => receiver(`{ email: { host: h, from: a@b, to: c@d, ${of} } }`)
const FORMS: Readonly<Record<string, Form>> = {
  duration: {
    at: rule('for: ?'),
    expected: 'a duration such as 30s',
    takes: ['0', '"0"', '0s', '500ms'],
    refuses: ['1', '-1s', '30', '30sec', 'true'],
  },
  'duration of a pause': {
    at: 'forgetAfter: ?',
    expected: 'a duration from 1s on',
    takes: ['1s', '1000ms', '30d'],
    refuses: ['0', '999ms', '60', 'never'],
  },
  size: {
    at: rule('params: { gap: ? }'),
    expected: 'a size such as 16MiB',
    takes: ['0', '1B', '1GB'],
    refuses: ['1', '16', '16M', '-1MB'],
  },
  count: {
    at: rule('params: { times: ? }'),
    expected: 'a whole number from 0',
    takes: ['0', '7'],
    refuses: ['-1', '1.5', '"7"', '.inf', '9007199254740993'],
  },
  'count of some': {
    at: 'live: { partitions: ? }',
    expected: 'a whole number from 1',
    takes: ['1', '64'],
    refuses: ['0', '-1', '1.5', 'many'],
  },
  ratio: {
    at: rule('params: { share: ? }'),
    expected: 'a number from 0',
    takes: ['0', '0.5', '4'],
    refuses: ['-0.1', '.nan', '.inf', '"0.5"'],
  },
  port: {
    at: 'live: { http: { port: ? } }',
    expected: 'a port from 0 to 65535',
    takes: ['0', '8080', '65535'],
    refuses: ['65536', '-1', '80.5', '"8080"'],
  },
  'port of a mail server': {
    at: mail('port: ?'),
    expected: 'a port from 0 to 65535',
    takes: ['25'],
    refuses: ['70000'],
  },
  flag: {
    at: rule('enabled: ?'),
    expected: 'true or false',
    takes: ['true', 'false'],
    refuses: ['yes', '1', '"true"'],
  },
  severity: {
    at: rule('severity: ?'),
    expected: 'critical, warning or info',
    takes: ['critical', 'warning', 'info'],
    refuses: ['page', 'Critical', '1'],
  },
  name: {
    at: 'clusters: { a: { members: { b: { replicatefrom: ? } } } }',
    expected: 'a name',
    takes: ['pg-0', '"0"'],
    refuses: ['""', '0', '[pg-0]'],
  },
  URL: {
    at: 'metrics: { prometheus: { url: ? } }',
    expected: 'a URL such as https://host:9090',
    takes: ['http://h', 'https://h:9090/prom/'],
    refuses: ['h:9090', 'http://', '"http://h:port"', 'ftp://h', '1'],
  },
  'secret URL': {
    at: receiver('{ webhook: { url: ? } }'),
    expected: 'a URL',
    takes: ['http://h', 'https://h/x'],
    refuses: ['h/x', 'http://', '"http://h:port"', '1'],
  },
  pattern: {
    at: 'sources: { pattern: ? }',
    expected: 'a regular expression',
    takes: ['pg-.*', '"[a-z]+"'],
    refuses: ['"("', '1'],
  },
  zone: {
    at: 'timezone: ?',
    expected: 'a zone such as Europe/Berlin',
    takes: ['UTC', 'Europe/Berlin', 'UTC+2', '"+02:00"'],
    refuses: ['CEST', '2', '""'],
  },
  brokers: {
    at: 'kafka: { brokers: ? }',
    expected: 'host:port or [IPv6]:port',
    takes: ['k:9092', '[k:9092, l:9092]', 'k:65535'],
    refuses: ['k', 'k:65536', '1'],
  },
  topics: {
    at: 'sources: { topics: ? }',
    expected: 'a name of letters, digits, ., _ and -',
    takes: ['patroni-logs', '[a.b, c_d]'],
    refuses: ['"a b"', 'a/b', '""', '1'],
  },
  'prefix of topics': {
    at: 'kafka: { brokers: k:9092, prefix: ? }',
    expected: 'a name of letters, digits, ., _ and -',
    takes: ['prod.patrolog'],
    refuses: ['prod/patrolog', '""'],
  },
  channel: {
    at: receiver('{ slack: { channel: ?, token: t } }'),
    expected: 'the ID of a channel such as C0123456789',
    takes: ['C0123456789', 'G01', 'D01'],
    refuses: ['"#ops"', 'ops', '""', '1'],
  },
  address: {
    at: receiver('{ email: { host: h, from: a@b, to: ? } }'),
    expected: 'an address such as dba@example.org',
    takes: ['a@b', '[a@b, "DBA <dba@example.org>"]'],
    refuses: ['dba', '"a@b\\nBcc: c@d"', '1'],
  },
  matcher: {
    at: 'notify: { routes: { match: ?, receivers: [] } }',
    expected: 'a matcher such as cluster=~shop/.*',
    takes: ['cluster=a', '"rule =~ replica-.*"', '[severity!=info, subject!~x]'],
    refuses: ['colour=red', '"rule=~("', 'rule', '1'],
  },
  time: {
    at: 'notify: { silences: { match: [], from: ?, until: 2026-01-02T00:00:00Z, comment: c } }',
    expected: 'a time such as 2026-03-01T02:30:00Z',
    takes: ['2026-01-01T00:00:00Z', '"2026-01-01"'],
    refuses: ['tomorrow', '1767225600'],
  },
  'time of day': {
    at: 'notify: { windows: { name: n, match: [], from: ?, length: 1h } }',
    expected: 'a time of day such as "02:30"',
    takes: ['"02:30"', '"23:59"'],
    refuses: ['"24:00"', '"2:30"', '150', '"02:60"'],
  },
  day: {
    at: 'notify: { windows: { name: n, match: [], days: ?, from: "02:30", length: 1h } }',
    expected: 'a day such as mon',
    takes: ['mon', '[mon, sun]'],
    refuses: ['Monday', '1'],
  },
}

describe('a setting that is', () => {
  for (const [form, { at, expected, takes, refuses }] of Object.entries(FORMS))
    it(`a ${form}`, () => {
      for (const given of takes) assert.deepEqual(wrong(at.replace('?', given)), [], given)
      for (const given of refuses) {
        const [first = 'nothing', ...rest] = wrong(at.replace('?', given))
        assert.match(first, new RegExp(`: expected ${expected.replace(/[.+?*[\]]/g, '\\$&')}(?:, got |$)`), given)
        assert.deepEqual(rest, [], given)
      }
    })

  it('a list that nothing is in, where there must be something', () => {
    assert.deepEqual(wrong('kafka: { brokers: [] }'), ['brokers: expected brokers, got none'])
    assert.deepEqual(wrong(receiver('{ email: { host: h, from: a@b, to: [] } }')), [
      'to: expected recipients, got none',
    ])
  })

  it('one of several that exclude each other', () => {
    const sources = 'expected either topics or a pattern, or files, got'
    assert.deepEqual(wrong('sources: [{ kind: logs }, { topics: a, files: b }, { pattern: a, files: b }]'), [
      `0: ${sources} neither`,
      `1: ${sources} both`,
      `2: ${sources} both`,
    ])
    const kinds = 'expected exactly one of slack, slackWebhook, email, alertmanager, webhook, heartbeat, got'
    assert.deepEqual(wrong(receiver('{}')), [`a: ${kinds} none`])
    assert.deepEqual(wrong(receiver('{ webhook: { url: "http://h" }, heartbeat: { url: "http://h" } }')), [
      `a: ${kinds} webhook and heartbeat`,
    ])
    assert.deepEqual(wrong('notify: { routes: { match: [], receivers: ops } }'), [
      '0: expected one of the receivers (none is set), got "ops"',
    ])
    assert.deepEqual(wrong('sources: { topics: a, kind: lines }'), ['kind: expected logs or metrics, got "lines"'])
    assert.deepEqual(wrong('live: { roles: alert }'), ['0: expected ingest, correlate or notify, got "alert"'])
  })
})

describe('a mistake', () => {
  it('is quoted, but not at length', () => {
    const long = 'x'.repeat(100)
    assert.deepEqual(wrong(`timezone: ${long}`), [
      `timezone: expected a zone such as Europe/Berlin, got "${'x'.repeat(76)}…"`,
    ])
    assert.deepEqual(wrong('timezone: { a: b }'), ['timezone: expected a zone such as Europe/Berlin, got a mapping'])
  })

  it('is said to be like what is known only where it is', () => {
    assert.deepEqual(wrong('rules: { rul: {} }'), ['rul: unknown rule; did you mean rule?'])
    assert.deepEqual(wrong('Timezone: UTC'), ['Timezone: unknown setting; did you mean timezone?'])
    assert.match(wrong('zone: UTC')[0] ?? '', /^zone: unknown setting; known are timezone, /)
  })

  it('has its place, also where it stands behind an alias or is missing', () => {
    const places = (text: string) => {
      try {
        loadConfig(text, 'p.yaml', [])
        return []
      } catch (error) {
        return (error as UsageError).problems.map((problem) => problem.replace(/:? expected.*|: unknown.*/, ''))
      }
    }
    const text = `clusters:
  a: &same { ttl: 1, loopWait: 2 }
  b: *same
kafka: { prefix: p }
notify: { routes: [{ match: [], receivers: [x] }], receivers: { m: { email: { to: a@b } } } }
`
    assert.deepEqual(places(text), [
      'p.yaml:2:19 clusters.a.ttl',
      'p.yaml:2:19 clusters.b.ttl',
      'p.yaml:2:32 clusters.a.loopWait',
      'p.yaml:2:32 clusters.b.loopWait',
      'p.yaml:4:8 kafka.brokers',
      'p.yaml:5:77 notify.receivers.m.email.host',
      'p.yaml:5:77 notify.receivers.m.email.from',
    ])
  })
})
