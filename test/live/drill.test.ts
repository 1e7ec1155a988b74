/** `patrolog drill` against a running service: each hop and how long it took, or the hop that lost the incident. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { until, values } from '../kafka/help.ts'
import { headlines } from '../notify/kit.ts'
import { patrolog } from '../program.ts'
import { type LiveProcess, leading } from './process.ts'
import { onBroker } from './stage.ts'

const on = onBroker()

/** Runs a drill; `voice`: the process that notifies, which the configuration names. Gives its status and what it said. */
async function drill(config: object, voice: LiveProcess | null, ...options: string[]) {
  const live = { ...('live' in config ? (config.live as object) : {}), http: { port: (await voice?.port()) ?? 1 } }
  const { status, out } = await patrolog(['drill', ...options], { config: { ...config, live } })
  return { status, lines: out.trim().split('\n') }
}

describe('a drill', { concurrency: true, timeout: 400_000 }, () => {
  it('that no broker takes says so', async () => {
    const { whole } = await on.service()
    const nowhere = { ...whole, kafka: { brokers: ['127.0.0.1:1'] } }
    const { status, lines } = await drill(nowhere, null, '--wait', '5s')
    assert.equal(status, 1)
    assert.match(lines.at(-1) ?? '', /^ {2}lost at the broker: /)
  })

  it('that nobody reads says so; that nobody decides; else how long each hop took', async () => {
    const { whole, processes, slack, topics, prefix } = await on.service()
    const voice = processes.start('notify')
    await leading(voice)
    const unread = await drill(whole, voice, '--wait', '5s')
    assert.equal(unread.status, 1)
    assert.match(unread.lines[1] ?? '', /^ {2}sent to .*-logs +\d+\.\d s$/)
    assert.match(unread.lines.at(-1) ?? '', /^ {2}lost between .*-logs and the observations: .* role ingest run/)

    processes.start('ingest')
    const undecided = await drill(whole, voice, '--wait', '20s')
    assert.equal(undecided.status, 1)
    assert.match(undecided.lines[2] ?? '', /^ {2}read, and known whose it is +\d+\.\d s$/)
    assert.match(
      undecided.lines.at(-1) ?? '',
      /^ {2}lost between the observations and the alerts: .* role correlate run/,
    )

    processes.start('correlate')
    const { status, lines } = await drill(whole, voice)
    const [head, ...hops] = lines
    assert.match(head ?? '', /^patrolog-drill\/drill-\w+: a leader that loses its lock$/)
    assert.deepEqual(
      hops.map((line) => line.replace(/ +\d+\.\d s$/, '')),
      [
        `  sent to ${topics.logs}`,
        '  read, and known whose it is',
        '  leader-lock-lost decided',
        '  told to ops',
        `  its end sent to ${topics.logs}`,
        '  its end decided',
        '  told to ops',
      ],
    )
    assert.equal(status, 0)
    const cluster = (head ?? '').split(':')[0] ?? ''
    const over = (line: string): boolean => line.startsWith(`🟢 RESOLVED ${cluster} after`)
    await until('the end in the channel', () => headlines(slack).some(over))
    const gone = async () =>
      (await Promise.all([0, 1, 2, 3].map((partition) => values(on.kafka, `${prefix}.transitions`, partition))))
        .flat()
        .some((text) => text.includes(cluster) && text.includes('"to":"gone"'))
    await until('its member to be gone', gone)
  })

  it('that Slack refuses names the receiver and the reason; one that no process tells says so', async () => {
    const { whole, processes } = await on.service({ slack: { fault: () => ({ error: 'channel_not_found' }) } })
    const voice = processes.start('ingest,correlate,notify')
    await leading(voice)
    const refused = await drill(whole, voice)
    assert.equal(refused.status, 1)
    assert.ok(refused.lines.includes('  ops refused it: channel_not_found'), refused.lines.join('\n'))
    assert.match(refused.lines.at(-1) ?? '', /^ {2}lost at ops; /)

    const untold = await drill(whole, null)
    assert.equal(untold.status, 1)
    assert.match(
      untold.lines.at(-1) ?? '',
      /^ {2}lost at the receivers: no process with the role notify answers; see --url$/,
    )
  })
})
