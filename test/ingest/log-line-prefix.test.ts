/** PostgreSQL's `log_line_prefix` as people set it: time and message found, and nobody named by its fields. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { names } from '../../src/ingest/names.ts'
import { lineReader } from '../../src/ingest/reader.ts'

const PREFIXES = [
  '%m [%p] ',
  '%m [%p] %q%u@%d ',
  '%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ',
  'user=%u,db=%d,app=%a,client=%h %m [%p]: ',
  'pid=%p,user=%u,db=%d,app=%a,client=%h %m ',
  '%t:%r:%u@%d:[%p]:',
  '%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:',
  '%t-%c-',
  '< %m >',
  '%c %l %m ',
  '%c:%l:%t:',
  '%s %m ',
  '%m [%p] %s ',
  '%s %n ',
  '%t [%p] %m ',
  '%b %m ',
  '%b[%p]: %m: ',
  '%a: %m ',
  '%u@%d %m ',
  '%u %d %m ',
  '%h %m ',
  '%e %m ',
  '%l %m ',
  '%m',
  '%n ',
  '[%n] ',
  '%p %n ',
  '%a: %n: ',
] as const

interface Process {
  readonly pid: string
  readonly kind: string
  readonly session: boolean
  /** Seconds of the minute. */
  readonly second: number
}

const POSTMASTER = { pid: '41', kind: 'postmaster', session: false, second: 31 }
const SESSION = { pid: '97', kind: 'client backend', session: true, second: 32 }
const WALSENDER = { pid: '63', kind: 'walsender', session: true, second: 33 }

/** What PostgreSQL writes for a prefix; its own processes have neither user nor database, and `%q` ends theirs. */
function rendered(prefix: string, { pid, kind, session, second }: Process): string {
  const time = `2026-03-04 10:00:${second}`
  const own = session ? prefix.replace('%q', '') : prefix.replace(/%q.*/, '')
  const of = (value: string): string => (session ? value : '')
  const fields: Readonly<Record<string, string>> = {
    a: of(kind === 'walsender' ? 'orders-1' : 'psql'),
    b: kind,
    c: `69a80${second}f.${pid}`,
    d: of('orders'),
    e: '00000',
    h: of('10.2.3.4'),
    l: '3',
    m: `${time}.123 UTC`,
    n: `${Date.parse(`${time}Z`) / 1000}.123`,
    p: pid,
    r: of('10.2.3.4(50112)'),
    s: '2026-03-04 09:59:01 UTC',
    t: `${time} UTC`,
    u: of('app'),
    v: of('3/42'),
    x: '0',
  }
  return own.replace(/%(\w)/g, (_, field: string) => fields[field] as string)
}

const LINES = [
  [POSTMASTER, 'LOG', 'database system is ready to accept connections'],
  [SESSION, 'FATAL', 'terminating connection due to administrator command'],
  [WALSENDER, 'LOG', 'terminating walsender process due to replication timeout'],
  [POSTMASTER, 'LOG', 'received fast shutdown request'],
] as const

const HEARTBEAT = '2026-03-04 10:00:30,000 INFO: no action. I am (orders-0), the leader with the lock'

/** Records of PostgreSQL in a log. */
function read(lines: readonly string[]): readonly object[] {
  const reader = lineReader({ zone: 'UTC', names: names() })
  reader.push(Buffer.from(`${lines.join('\n')}\n`))
  reader.end()
  const found: object[] = []
  for (let outcome = reader.next(); outcome !== 'end'; outcome = reader.next()) {
    const { program, time, level, member, bytes, messageFrom, messageTo } = reader.record
    const message = Buffer.from(bytes.subarray(messageFrom, messageTo)).toString()
    if (program !== 'patroni') found.push({ outcome, program, time, level, member, message })
  }
  return found
}

function expected(prefix: string): readonly object[] {
  const ms = /%[mn]/.test(prefix) ? 123 : 0
  return LINES.map(([{ second }, severity, message]) => ({
    outcome: 'line',
    program: 'postgres',
    time: Date.UTC(2026, 2, 4, 10, 0, second, ms),
    level: severity === 'FATAL' ? 'CRITICAL' : 'INFO',
    member: null,
    message,
  }))
}

for (const prefix of PREFIXES) {
  const lines = LINES.map(([process, severity, message]) => `${rendered(prefix, process)}${severity}:  ${message}`)

  test(`log_line_prefix '${prefix}'`, () => assert.deepEqual(read(lines), expected(prefix)))

  test(`log_line_prefix '${prefix}' behind many lines of Patroni`, () => {
    assert.deepEqual(read([...Array<string>(300).fill(HEARTBEAT), ...lines]), expected(prefix))
  })
}

test('names in front of lines of PostgreSQL are members where all of them have one', () => {
  const lines = LINES.map(
    ([process, severity, message]) => `${rendered('pg-7: %m [%p] ', process)}${severity}:  ${message}`,
  )
  assert.deepEqual(
    read(lines),
    expected('%m').map((line) => ({ ...line, member: 'pg-7' })),
  )
})

/** `LOG:  text` behind what a container runtime puts in front. */
function wrapped(text: string): string {
  return `2026-03-04T10:00:31.123456789Z stderr F ${text}`
}

test('a prefix without a time, where the wrapper tells it, needs a message that is known', async () => {
  const { compile } = await import('../../src/ingest/recognise.ts')
  const { loadParsers } = await import('../../src/io/shelves.ts')
  const recogniser = compile(await loadParsers())
  const outcomes = ['', '[41] ', '41 ', '@ ', 'app@orders ', 'user=,db= ', 'psql: ', 'pg_isready: error: '].map(
    (prefix) => {
      const reader = lineReader({ zone: 'UTC', names: names(), recogniser })
      reader.push(Buffer.from(`${wrapped(`${prefix}FATAL:  the database system is starting up`)}\n`))
      return `${prefix}${reader.next()} ${reader.record.program}`
    },
  )
  assert.deepEqual(outcomes, [
    'line postgres',
    '[41] line postgres',
    '41 line postgres',
    '@ line postgres',
    'app@orders line postgres',
    'user=,db= line postgres',
    'psql: bare unknown',
    'pg_isready: error: bare unknown',
  ])
})
