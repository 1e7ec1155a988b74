import { join, relative } from 'node:path'
import { sqliteStore } from '../io/store/sqlite.ts'
import type { NotifySettings } from '../model/receiver.ts'
import { play } from '../notifier/play.ts'
import { notifySettings } from '../notifier/settings.ts'
import { effectsOf } from '../replay/effects.ts'
import { plain } from '../report/plain.ts'
import { packageRoot } from '../root.ts'
import { openSenders } from '../senders/open.ts'
import type { Mail } from '../standin/mime.ts'
import { type SlackStandIn, slackStandIn } from '../standin/slack.ts'
import { channelText } from '../standin/slack-text.ts'
import { type MailStandIn, mailStandIn } from '../standin/smtp.ts'

/** Recorded on a real Kubernetes API server; comes with the package. */
const SEED = 'samples/incidents/stale-watch-real-apiserver'
const CHANNEL = 'CDEMO0001'
const TOKEN = 'demo'

/**
 * Plays the seed incident against stand-ins for Slack and a mail server on the loopback, and prints what they were sent.
 * `keep`: the channel stays readable in a browser until the program is interrupted.
 */
export async function demo({ keep }: { readonly keep: boolean }): Promise<number> {
  // Hours of the incident pass in moments: the rate is not that of the wall clock.
  const slack = await slackStandIn({ token: TOKEN, channel: CHANNEL, perSecond: Number.POSITIVE_INFINITY })
  const mail = await mailStandIn()
  const settings = settingsFor(slack, mail)
  const effects = await effectsOf(relative(process.cwd(), join(packageRoot, SEED)))
  await play(effects, settings, sqliteStore(':memory:'), await openSenders(settings))
  process.stdout.write(report(slack, mail.mails))
  if (keep) await interrupted(slack)
  await slack.close()
  await mail.close()
  return 0
}

function settingsFor(slack: SlackStandIn, mail: MailStandIn): NotifySettings {
  return notifySettings(
    {
      receivers: {
        slack: { slack: { channel: CHANNEL, token: TOKEN, apiUrl: slack.apiUrl } },
        mail: {
          email: {
            host: '127.0.0.1',
            port: mail.port,
            security: 'none',
            from: 'patrolog@example.org',
            to: ['dba@example.org'],
          },
        },
      },
      routes: [],
      silences: [],
      windows: [],
    },
    {},
  )
}

function report(slack: SlackStandIn, mails: readonly Mail[]): string {
  return [
    heading(`Slack: ${slack.messages.length} messages in one channel, as they stand at the end`),
    channelText(slack.messages),
    ...mails.flatMap((mail, at) => [heading(`mail ${at + 1} of ${mails.length}`), mailText(mail)]),
    'Nothing left this machine: Slack and the mail server were stand-ins on the loopback.\n',
  ].join('\n')
}

const heading = (text: string): string => `── ${text} ${'─'.repeat(Math.max(3, 96 - text.length))}\n`

function mailText({ headers, text }: Mail): string {
  const head = ['subject', 'message-id', 'references', 'auto-submitted'].map(
    (name) => `${name}: ${plain(headers.get(name) ?? '')}`,
  )
  return `${head.join('\n')}\n\n${text.split('\n').map(plain).join('\n')}`
}

async function interrupted({ pageUrl }: SlackStandIn): Promise<void> {
  process.stdout.write(`The channel is at ${pageUrl} until you press Ctrl-C.\n`)
  await new Promise<void>((resolve) => process.once('SIGINT', resolve))
}
