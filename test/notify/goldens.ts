/** What receivers are sent, as texts that a person can read: by the name of the file in test/notify/golden. */
import { relative } from 'node:path'
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import type { Alert } from '../../src/model/effect.ts'
import type { Receiver } from '../../src/model/receiver.ts'
import { play } from '../../src/notifier/play.ts'
import { effectsOf } from '../../src/replay/effects.ts'
import { root } from '../../src/root.ts'
import { openSenders } from '../../src/senders/open.ts'
import type { Mail } from '../../src/standin/mime.ts'
import { slackStandIn } from '../../src/standin/slack.ts'
import { channelText } from '../../src/standin/slack-text.ts'
import { mailStandIn } from '../../src/standin/smtp.ts'
import { alertOf, mailReceiver, SETTINGS, START } from './kit.ts'
import { webStandIn } from './web.ts'

const SEED = 'samples/incidents/stale-watch-real-apiserver'

export async function goldens(): Promise<Readonly<Record<string, string>>> {
  const seed = await sent(await effectsOf(relative(process.cwd(), `${root}/${SEED}`)))
  const hostile = await sent(hostileEffects())
  return {
    'seed.slack.txt': seed.channel,
    'seed.mail.txt': seed.mails.map(mailText).join('\n'),
    'seed.mail.html': seed.mails.at(-1)?.html ?? '',
    'seed.webhook.json': pretty(seed.webhooks),
    'seed.alertmanager.json': pretty(seed.pushes),
    'hostile.slack.txt': hostile.channel,
    'hostile.slack.json': pretty(hostile.blocks),
    'hostile.mail.txt': hostile.mails.map(mailText).join('\n'),
    'hostile.mail.html': hostile.mails[0]?.html ?? '',
  }
}

/** Everything that four receivers are sent of some effects. */
export async function sent(effects: Parameters<typeof play>[0]) {
  const slack = await slackStandIn({ token: 't', channel: 'C1', perSecond: Number.POSITIVE_INFINITY })
  const mail = await mailStandIn()
  const web = await webStandIn()
  const zone = 'Europe/Berlin'
  const receivers: readonly Receiver[] = [
    { type: 'slack', name: 'slack', zone: 'UTC', channel: 'C1', token: 't', apiUrl: slack.apiUrl },
    mailReceiver(mail.port),
    { type: 'webhook', name: 'hook', zone, url: `${web.url}hook`, headers: {} },
    { type: 'alertmanager', name: 'am', zone, url: `${web.url}am`, headers: {} },
  ]
  const settings = { ...SETTINGS, receivers }
  await play(effects, settings, sqliteStore(':memory:'), await openSenders(settings))
  for (const part of [slack, mail, web]) await part.close()
  return {
    channel: channelText(slack.messages),
    blocks: slack.messages.map(({ blocks }) => blocks),
    mails: mail.mails,
    webhooks: web.bodies('/hook'),
    pushes: web.bodies('/am/api/v2/alerts'),
  }
}

const NASTY = [
  '<!channel> <@U123> <https://evil.example|click me> *bold* _it_ ~no~ `code` ```fence``` & &amp;',
  '</div><script>alert(1)</script><img src=x onerror=alert(2)>',
  "could not connect: host=db password=hunter2 user='x' and postgres://app:hunter3@db/x Authorization: Bearer abcdef123456",
  'bidi \u202eflipped\u202c nul \u0000 bell \u0007 esc \u001b[31mred\u001b[0m\r\nnext\u2028line',
  `long ${'0123456789'.repeat(10_000)}`,
]

/** A cluster, a member and lines that want to be more than text. */
export function hostileEffects(): readonly Alert[] {
  const alert = alertOf({
    cluster: 'shop/<!here>&"\'',
    member: 'pg-<b>1</b>\u202e',
    rule: 'replica-stalled',
    fingerprint: 'f00dcafe00000000',
    summary: `${NASTY[0]} ${NASTY[1]}`,
    claims: NASTY.map((text) => ({ member: '<@U1>', time: START, text, source: null })),
    evidence: NASTY.map((text, at) => ({ source: { file: `/var/log/<x>|${at}.log`, line: at }, time: START, text })),
    remedy: ['psql "password=hunter4" <x>'],
  })
  return [
    alert,
    {
      ...alert,
      status: 'resolved',
      time: START + 60_000,
      endsAt: START + 60_000,
      endReason: 'proof',
      summary: NASTY[1] as string,
    },
  ]
}

function mailText({ headers, text }: Mail): string {
  const head = ['from', 'to', 'subject', 'message-id', 'in-reply-to', 'references', 'auto-submitted'].map(
    (name) => `${name}: ${headers.get(name)}`,
  )
  return `${head.join('\n')}\n\n${text}`
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`
}
