import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { UsageError } from '../../src/config/problem.ts'
import { notifySettings } from '../../src/notifier/settings.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-notify-config-'))
  writeFileSync(join(folder, 'token'), 'xoxb-from-a-file\n')
  writeFileSync(join(folder, 'nothing'), '\n')
  writeFileSync(join(folder, 'url'), 'https://hooks.example/T0\n')
})
after(() => rmSync(folder, { recursive: true }))

function read(text: string, environment: Record<string, string> = {}) {
  const { notify } = loadConfig(text, 'patrolog.yaml', [])
  assert.ok(notify)
  return notifySettings(notify, environment)
}

function problems(text: string, environment: Record<string, string> = {}): readonly string[] {
  try {
    read(text, environment)
  } catch (error) {
    assert.ok(error instanceof UsageError)
    return error.problems
  }
  return []
}

const KINDS = 'slack, slackWebhook, email, alertmanager, webhook, heartbeat'

describe('section notify', () => {
  it('shows user and password of a URL as Basic authentication: no request takes them in a URL', () => {
    const { receivers } = read("notify: {receivers: {am: {alertmanager: {url: 'https://bob:s%40x@am.example/p'}}}}")
    assert.deepEqual(receivers, [
      {
        type: 'alertmanager',
        name: 'am',
        zone: 'UTC',
        url: 'https://am.example/p',
        headers: { authorization: `Basic ${Buffer.from('bob:s@x').toString('base64')}` },
      },
    ])
  })

  it('takes a password as it stands when its % begins no escape', () => {
    const { receivers } = read("notify: {receivers: {hook: {webhook: {url: 'https://bob:100%@am.example/'}}}}")
    const [hook] = receivers as readonly { headers: Readonly<Record<string, string>> }[]
    assert.equal(hook?.headers.authorization, `Basic ${Buffer.from('bob:100%').toString('base64')}`)
  })

  it('takes a password without a user out of the URL: what is told of a failure would show it', () => {
    const { receivers } = read("notify: {receivers: {am: {webhook: {url: 'https://:s3cret@am.example/'}}}}")
    const [{ url, headers } = {}] = receivers as readonly { url?: string; headers?: Readonly<Record<string, string>> }[]
    assert.equal(url, 'https://am.example/')
    assert.equal(headers?.authorization, `Basic ${Buffer.from(':s3cret').toString('base64')}`)
  })

  it('takes no token that no request can carry, and does not show it', () => {
    const expected = 'expected one line of ASCII characters as token, got something else'
    for (const kind of ['webhook: { url: "http://h/" }', 'heartbeat: { url: "http://h/" }', 'slack: { channel: C1 }'])
      for (const token of ['xoxb-1\nxoxb-2', '“quoted”'])
        assert.deepEqual(problems(`notify: { receivers: { ops: { ${kind} } } }`, { PATROLOG_OPS_TOKEN: token }), [
          `notify.receivers.ops: ${expected}`,
        ])
  })

  it('takes no authorities from a file that is not there, or holds no certificate', () => {
    const of = (file: string) =>
      problems(`notify: { receivers: { m: { email: { host: h, from: a@b, to: c@d, ca: ${join(folder, file)} } } } }`)
    assert.deepEqual(of('none.pem'), [`notify.receivers.m.ca: ${join(folder, 'none.pem')}: no such file`])
    assert.deepEqual(of('token'), [
      `notify.receivers.m.ca: ${join(folder, 'token')}: expected certificates (PEM), got none`,
    ])
  })

  it('takes what is empty for a secret that is missing', () => {
    const chat = (setting: string) => problems(`notify: { receivers: { ops: { slackWebhook: ${setting} } } }`, {})
    const nothing = join(folder, 'nothing')
    assert.deepEqual(chat(`{ urlFile: ${nothing} }`).slice(0, 1), [
      `notify.receivers.ops.urlFile: ${nothing}: holds nothing`,
    ])
    const unset = problems('notify: { receivers: { ops: { slack: { channel: C1 } } } }', { PATROLOG_OPS_TOKEN: '' })
    assert.match(unset.join(), /^notify\.receivers\.ops: expected token or tokenFile/)
  })

  it('takes no URL from a file that holds none, and does not show what it holds', () => {
    const told = problems(`notify: {receivers: {am: {webhook: {urlFile: ${join(folder, 'token')}}}}}`)
    assert.deepEqual(told, ['notify.receivers.am: expected a URL in urlFile or the environment, got something else'])
  })

  it('gives receivers, routes, silences and planned work, with defaults', () => {
    const settings = read(
      `
notify:
  receivers:
    ops: { slack: { channel: C1, tokenFile: ${join(folder, 'token')} } }
    dba-mail:
      zone: Europe/Berlin
      email: { host: mail, from: "patrolog <patrolog@example.org>", to: dba@example.org, user: patrolog }
    dead-man: { heartbeat: { url: "https://example.org/ping", every: 30s } }
  routes:
    - { match: [severity=critical, "cluster=~shop/.*"], receivers: [ops, dba-mail], continue: true, groupWait: 5s }
  silences:
    - { match: cluster=a, from: "2026-03-01T02:30:00+01:00", until: "2026-03-01T04:30:00Z", comment: move }
  windows:
    - { name: patch day, days: [tue, sat], from: "02:30", length: 2h, zone: Europe/Berlin }
`,
      { PATROLOG_DBA_MAIL_PASSWORD: 's3cret' },
    )
    const [slack, mail, heartbeat] = settings.receivers
    assert.deepEqual(slack, {
      type: 'slack',
      name: 'ops',
      zone: 'UTC',
      channel: 'C1',
      token: 'xoxb-from-a-file',
      apiUrl: 'https://slack.com/api/',
    })
    assert.ok(mail?.type === 'email')
    assert.deepEqual(
      [mail.port, mail.security, mail.password, mail.to],
      [587, 'starttls', 's3cret', ['dba@example.org']],
    )
    assert.ok(heartbeat?.type === 'heartbeat')
    assert.deepEqual([heartbeat.every, heartbeat.form], [30_000, 'url'])
    assert.deepEqual(settings.routes[0]?.matchers[1], { name: 'cluster', op: '=~', value: 'shop/.*' })
    assert.deepEqual([settings.routes[0]?.groupWait, settings.routes[0]?.repeatInterval], [5_000, null])
    assert.equal(settings.silences[0]?.startsAt, Date.UTC(2026, 2, 1, 1, 30))
    assert.deepEqual([settings.windows[0]?.days, settings.windows[0]?.from], [[2, 6], 150])
    assert.deepEqual([settings.groupWait, settings.repeatInterval, settings.storm.incidents], [2_000, 14_400_000, 10])
  })

  it('gives every kind of receiver, with a secret from the setting, its file or the environment', () => {
    const tokenFile = join(folder, 'token')
    const { receivers } = read(
      `
notify:
  receivers:
    chat: { slackWebhook: { urlFile: ${join(folder, 'url')} } }
    post: { email: { host: mail, from: p@example.org, to: [a@example.org], security: tls, passwordFile: ${tokenFile} } }
    am: { alertmanager: { url: "https://am.example/", token: t1 } }
    hook: { zone: UTC+2, webhook: { url: "https://hook.example/", tokenFile: ${tokenFile} } }
    ping: { heartbeat: { url: "https://ping.example/" } }
    watch: { heartbeat: { url: "https://am.example/", alertmanager: true } }
`,
      { PATROLOG_PING_TOKEN: 't2', PATROLOG_WATCH_TOKEN_FILE: tokenFile },
    )
    const fromFile = { authorization: 'Bearer xoxb-from-a-file' }
    const mail = { host: 'mail', port: 465, security: 'tls', from: 'p@example.org', to: ['a@example.org'] }
    const zone = 'UTC'
    assert.deepEqual(receivers, [
      { name: 'chat', type: 'slack-webhook', zone, url: 'https://hooks.example/T0' },
      { name: 'post', type: 'email', zone, ...mail, user: null, password: null, ca: null },
      { name: 'am', type: 'alertmanager', zone, url: 'https://am.example/', headers: { authorization: 'Bearer t1' } },
      { name: 'hook', type: 'webhook', zone: 'UTC+2', url: 'https://hook.example/', headers: fromFile },
      {
        ...{ name: 'ping', type: 'heartbeat', zone, url: 'https://ping.example/', every: 60_000, form: 'url' },
        headers: { authorization: 'Bearer t2' },
      },
      {
        ...{ name: 'watch', type: 'heartbeat', zone, url: 'https://am.example/', every: 60_000, form: 'alertmanager' },
        headers: fromFile,
      },
    ])
  })

  it('shows nobody who asks where nothing is set, and a token of each kind that takes one', () => {
    const shows = (kind: string, more = '') => {
      const { receivers } = read(`notify: { receivers: { r: { ${kind}: { url: "https://h.example/"${more} } } } }`)
      return (receivers[0] as { readonly headers?: unknown }).headers
    }
    for (const kind of ['alertmanager', 'webhook', 'heartbeat'])
      assert.deepEqual([shows(kind), shows(kind, ', token: t1')], [{}, { authorization: 'Bearer t1' }], kind)
  })

  it('has defaults for all else', () => {
    const { receivers, silences, windows, routes, ...rest } = read(`
notify:
  routes: [{ match: [], receivers: [] }]
  windows: [{ name: patch day, match: cluster=a, from: "02:30", length: 2h }]
  silences:
    - { match: cluster=a, from: "2026-03-01T02:30:00Z", until: "2026-03-01T04:30:00Z", comment: move }
    - { match: cluster=b, from: "2026-03-01T02:30:00Z", until: "2026-03-01T04:30:00Z", comment: move }
`)
    assert.deepEqual(rest, {
      groupWait: 2_000,
      repeatInterval: 14_400_000,
      staleAfter: 300_000,
      storm: { incidents: 10, within: 60_000 },
      pace: { slackGap: 1_000, lookUpAfter: 5_000, firstRetry: 1_000 },
      runbookUrl: '',
      externalUrl: '',
    })
    assert.deepEqual(routes, [{ matchers: [], receivers: [], continue: false, groupWait: null, repeatInterval: null }])
    assert.deepEqual([windows[0]?.days, windows[0]?.zone], [[1, 2, 3, 4, 5, 6, 7], 'UTC'])
    assert.deepEqual(
      silences.map(({ id, by }) => [id, by]),
      [
        ['config-1', 'configuration'],
        ['config-2', 'configuration'],
      ],
    )
    const { runbookUrl } = read('notify: { runbookUrl: "https://git.example/patrolog//" }')
    assert.equal(runbookUrl, 'https://git.example/patrolog/', 'so that the place in the docs may follow')
  })

  it('tells every mistake with its place', () => {
    const found = problems(`notify:
  receivers:
    ops: { slack: { channel: C1, token: x }, email: { host: h, from: a@b, to: [nobody] } }
    none: {}
  routes: [{ match: [colour=red, "rule=~(", 'rule=~"\\"'], receivers: [opps] }]
  windows: [{ name: w, from: "25:00", length: 1h, days: [someday] }]
`)
    const said = (place: string, what: string) => `patrolog.yaml:${place}: expected ${what}`
    assert.deepEqual(found, [
      said('3:80 notify.receivers.ops.email.to.0', 'an address such as dba@example.org, got "nobody"'),
      said('4:11 notify.receivers.none', `exactly one of ${KINDS}, got none`),
      said('5:22 notify.routes.0.match.0', 'a matcher such as cluster=~shop/.*, got "colour=red"'),
      said('5:34 notify.routes.0.match.1', 'a matcher such as cluster=~shop/.*, got "rule=~("'),
      said('5:45 notify.routes.0.match.2', String.raw`a matcher such as cluster=~shop/.*, got "rule=~\"\\\""`),
      said('6:30 notify.windows.0.from', 'a time of day such as "02:30", got "25:00"'),
      said('6:58 notify.windows.0.days.0', 'a day such as mon, got "someday"'),
    ])
    assert.deepEqual(
      problems('notify: { receivers: { ops: { slack: { channel: C1, token: x }, webhook: { url: "http://h/" } } } }'),
      [said('1:29 notify.receivers.ops', `exactly one of ${KINDS}, got slack and webhook`)],
    )
  })

  it('knows the names in routes', () => {
    assert.deepEqual(
      problems(
        'notify: { receivers: { ops: { webhook: { url: "http://h/" } } }, routes: [{ match: [], receivers: [opps] }] }',
      ),
      ['patrolog.yaml:1:100 notify.routes.0.receivers.0: expected one of ops, got "opps"'],
    )
  })

  it('says where a secret is missing, and never shows one', () => {
    assert.match(
      problems('notify: { receivers: { ops: { slack: { channel: C1 } } } }')[0] ?? '',
      /notify\.receivers\.ops: expected token or tokenFile, or PATROLOG_OPS_TOKEN/,
    )
    assert.match(
      problems('notify: { receivers: { m: { email: { host: h, user: u, from: a@b, to: c@d } } } }')[0] ?? '',
      /notify\.receivers\.m: expected password or passwordFile, or PATROLOG_M_PASSWORD/,
    )
    assert.match(
      problems('notify: { receivers: { ops: { slack: { channel: C1, tokenFile: /no/such } } } }')[0] ?? '',
      /tokenFile: \/no\/such: no such file/,
    )
    const shown = problems(
      'notify: { receivers: { a: { slackWebhook: { url: hooks/T0/B0/hunter2 } }, b: { slack: { channel: C1, token: 4711 } } } }',
    ).join()
    assert.match(shown, /expected a URL/)
    assert.doesNotMatch(shown, /hunter2|4711/)
  })
})
