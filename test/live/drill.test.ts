/** `patrolog drill` against a running service: each hop and how long it took, or the hop that lost the incident. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openKafka } from '../../src/io/kafka/open.ts'
import type { Kafka } from '../../src/io/kafka/types.ts'
import { root } from '../../src/root.ts'
import { type Fault, type SlackStandIn, slackStandIn } from '../../src/standin/slack.ts'
import { sharedBroker } from '../kafka/broker.ts'
import { until, values } from '../kafka/help.ts'
import { headlines } from '../notify/kit.ts'
import type { LiveProcess } from './process.ts'
import { type Crew, crew, newSetting, type Setting } from './setting.ts'

const PATIENCE = 120_000

let broker: Awaited<ReturnType<typeof sharedBroker>>
let kafka: Kafka
let slack: SlackStandIn
let setting: Setting
let processes: Crew
let fault: Fault = {}

before(async () => {
  broker = await sharedBroker()
  kafka = openKafka({ brokers: broker.brokers, clientId: 'test' })
  slack = await slackStandIn({ token: 'xoxb-1', channel: 'C1', fault: () => fault })
  setting = await newSetting(kafka, broker.brokers, { logs: 2, metrics: 1 })
  processes = crew(configuration())
})
after(async () => {
  await processes?.dismiss()
  await slack?.close()
  await broker?.dispose()
})

function configuration(brokers?: readonly string[]): object {
  const ops = { slack: { channel: 'C1', token: 'xoxb-1', apiUrl: slack.apiUrl } }
  const kafka = { ...setting.config.kafka, ...(brokers === undefined ? {} : { brokers }) }
  return { ...setting.config, kafka, notify: { receivers: { ops } } }
}

/** Runs a drill; `voice`: the process that notifies. Gives its status and what it said. */
async function drill(config: object, voice: LiveProcess | null, ...options: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-drill-'))
  const file = join(folder, 'patrolog.yaml')
  writeFileSync(file, JSON.stringify(config))
  const url = `http://127.0.0.1:${voice === null ? 1 : await voice.port()}`
  const args = ['drill', '--config', file, '--url', url, ...options]
  const ran = promisify(execFile)(join(root, 'bin/patrolog'), args, { timeout: 300_000 })
  const { code, stdout } = await ran.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error) => error as { code: number; stdout: string },
  )
  rmSync(folder, { recursive: true })
  return { code, lines: stdout.trim().split('\n') }
}

const leads = (live: LiveProcess): boolean => live.events.some(({ event }) => event === 'notify-leads')

describe('a drill', () => {
  let voice: LiveProcess

  it('that no broker takes says so', { timeout: 300_000 }, async () => {
    const { code, lines } = await drill(configuration(['127.0.0.1:1']), null, '--wait', '5s')
    assert.equal(code, 1)
    assert.match(lines.at(-1) ?? '', /^ {2}lost at the broker: /)
  })

  it('that nobody reads, or nobody decides, says so', { timeout: 300_000 }, async () => {
    voice = processes.start('notify')
    await until('the notifier to lead', () => leads(voice), PATIENCE)
    const unread = await drill(configuration(), voice, '--wait', '5s')
    assert.equal(unread.code, 1)
    assert.match(unread.lines[1] ?? '', /^ {2}sent to .*-logs +\d+\.\d s$/)
    assert.match(unread.lines.at(-1) ?? '', /^ {2}lost between .*-logs and the observations: .* role ingest run/)

    processes.start('ingest')
    const undecided = await drill(configuration(), voice, '--wait', '20s')
    assert.equal(undecided.code, 1)
    assert.match(undecided.lines[2] ?? '', /^ {2}read, and known whose it is +\d+\.\d s$/)
    assert.match(
      undecided.lines.at(-1) ?? '',
      /^ {2}lost between the observations and the alerts: .* role correlate run/,
    )
  })

  it('goes from the topic to the channel and back, and says how long each hop took', { timeout: 300_000 }, async () => {
    processes.start('correlate')
    const { code, lines } = await drill(configuration(), voice)
    const [head, ...hops] = lines
    assert.match(head ?? '', /^patrolog-drill\/drill-\w+: a leader that loses its lock$/)
    assert.deepEqual(
      hops.map((line) => line.replace(/ +\d+\.\d s$/, '')),
      [
        `  sent to ${setting.topics.logs}`,
        '  read, and known whose it is',
        '  leader-lock-lost decided',
        '  told to ops',
        `  its end sent to ${setting.topics.logs}`,
        '  its end decided',
        '  told to ops',
      ],
    )
    assert.equal(code, 0)
    const cluster = (head ?? '').split(':')[0] ?? ''
    await until(
      'the end in the channel',
      () => headlines(slack).some((line) => line.startsWith(`🟢 RESOLVED ${cluster} after`)),
      PATIENCE,
    )
    const gone = async () =>
      (await Promise.all([0, 1, 2, 3].map((partition) => values(kafka, `${setting.prefix}.transitions`, partition))))
        .flat()
        .some((text) => text.includes(cluster) && text.includes('"to":"gone"'))
    await until('its member to be gone', gone, PATIENCE)
  })

  it('that Slack refuses names the receiver and the reason', { timeout: 300_000 }, async () => {
    fault = { error: 'channel_not_found' }
    const { code, lines } = await drill(configuration(), voice)
    assert.equal(code, 1)
    assert.ok(lines.includes('  ops refused it: channel_not_found'), lines.join('\n'))
    assert.match(lines.at(-1) ?? '', /^ {2}lost at ops; /)
  })

  it('that no process tells says so', { timeout: 300_000 }, async () => {
    const { code, lines } = await drill(configuration(), null)
    assert.equal(code, 1)
    assert.match(lines.at(-1) ?? '', /^ {2}lost at the receivers: no process with the role notify answers; see --url$/)
  })
})
