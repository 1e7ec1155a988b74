/** The seed incident as it happens: paced by the clock through broker, rules and notifier, into Slack and mail. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { restamper } from '../../src/drill/restamp.ts'
import { channelText } from '../../src/standin/slack-text.ts'
import { type MailStandIn, mailStandIn } from '../../src/standin/smtp.ts'
import type { Shipped } from '../journal/shipped.ts'
import { until } from '../kafka/help.ts'
import { leading } from '../live/process.ts'
import { byFile, runOf, ship } from '../live/runs.ts'
import { mailReceiver, onBroker, type Service } from '../live/stage.ts'
import { headlines } from '../notify/kit.ts'

/** What was written before is there at once; from then on lines come when they are written. */
const ONSET = Date.UTC(2026, 10, 23, 4, 25, 5)
const PIECE = 500
const PATIENCE = 180_000

const on = onBroker()
let mail: MailStandIn

before(async () => {
  mail = await mailStandIn()
})
after(() => mail?.close())

/** Sends each line when its time has come. */
async function pace({ topics }: Service, lines: readonly Shipped[]): Promise<void> {
  const spread = { logs: byFile(2), metrics: byFile(2) }
  for (let rest = [...lines].sort((a, b) => a.time - b.time); rest.length > 0; ) {
    const now = Date.now()
    const due = rest.filter(({ time }) => time <= now)
    rest = rest.slice(due.length)
    if (due.length > 0) await ship(on.kafka, topics, due, spread)
    await new Promise((resolve) => setTimeout(resolve, PIECE))
  }
}

describe('the seed incident, as it happens', () => {
  it('is one message in Slack, its thread in order, and one thread of mail', { timeout: 600_000 }, async (test) => {
    const service = await on.service({ metrics: 2, receivers: { dba: mailReceiver(mail) } })
    const { slack, processes } = service
    await leading(processes.start('ingest,correlate,notify'))
    const seed = await runOf('stale-watch-real-apiserver')
    const begin = Math.min(...seed.lines.map(({ time }) => time))
    const by = Date.now() - ONSET
    const restamp = restamper(begin, seed.until, by)
    const posts: { line: string; at: number }[] = []
    const watching = setInterval(() => {
      for (const line of headlines(slack).slice(posts.length)) posts.push({ line, at: Date.now() })
    }, 100)
    await pace(
      service,
      seed.lines.map((line) => ({ ...line, time: line.time + by, text: restamp(line.text) })),
    )
    // The root turns green for half a minute before the replica loses its upstream.
    const ended = (): boolean => {
      const all = headlines(slack)
      const critical = all.findIndex((line) => line.includes('CRITICAL replica-without-upstream'))
      return critical > 0 && all[0]?.startsWith('🟢 RESOLVED') === true && critical < all.length - 1
    }
    await until('the end in the channel', ended, PATIENCE).finally(() => {
      clearInterval(watching)
      for (const { line, at } of posts)
        test.diagnostic(`${((at - by - ONSET) / 1000).toFixed(1)} s after the onset: ${line}`)
    })

    const all = headlines(slack)
    const upstream = all.findIndex((line) => line.includes('CRITICAL replica-without-upstream'))
    test.diagnostic(
      channelText(slack.messages)
        .split('\n')
        .filter((line) => /^ *(#|↳)/.test(line))
        .join('\n'),
    )
    assert.equal(slack.messages.filter(({ threadTs }) => threadTs === null).length, 1)
    assert.ok(upstream > 0 && slack.messages[upstream]?.broadcast === true)
    const stamps = slack.messages.map(({ ts }) => Number(ts))
    assert.deepEqual(
      stamps,
      stamps.toSorted((a, b) => a - b),
    )
    assert.match(all.at(-1) ?? '', /all over/)
    const roots = new Set(mail.mails.map(({ headers }) => headers.get('references')))
    assert.equal(roots.size, 1)
    await until(
      'the end by mail',
      () => mail.mails.at(-1)?.headers.get('subject')?.startsWith('[RESOLVED]') === true,
      PATIENCE,
    )
  })
})
