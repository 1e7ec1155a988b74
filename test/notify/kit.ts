/** A world for notifications: the real notifier over sqlite, the Slack stand-in over HTTP, and a clock that the test moves. */

import { sqliteStore } from '../../src/io/store/sqlite.ts'
import type { Alert, Severity } from '../../src/model/effect.ts'
import type { EmailReceiver, NotifySettings, Receiver, SlackReceiver } from '../../src/model/receiver.ts'
import type { Sender, Store } from '../../src/model/sending.ts'
import { notifier } from '../../src/notifier/notifier.ts'
import type { Notifier } from '../../src/notifier/types.ts'
import { openSenders } from '../../src/senders/open.ts'
import { type Fault, type SlackStandIn, slackStandIn } from '../../src/standin/slack.ts'

export const START = Date.UTC(2026, 10, 23, 4, 0, 0)
export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const TOKEN = 'xoxb-stand-in'

export const SETTINGS: NotifySettings = {
  receivers: [],
  routes: [],
  silences: [],
  windows: [],
  groupWait: 2 * SECOND,
  repeatInterval: 4 * HOUR,
  staleAfter: 5 * MINUTE,
  storm: { incidents: 10, within: MINUTE },
  pace: { slackGap: SECOND, lookUpAfter: 5 * SECOND, firstRetry: SECOND },
  runbookUrl: 'https://runbooks.example/',
  externalUrl: 'https://patrolog.example/',
}

/** A receiver at a mail server that asks for nothing. */
export function mailReceiver(port: number, given: Partial<EmailReceiver> = {}): EmailReceiver {
  return {
    type: 'email',
    name: 'mail',
    zone: 'Europe/Berlin',
    host: '127.0.0.1',
    port,
    security: 'none',
    user: null,
    password: null,
    ca: null,
    from: 'patrolog@example.org',
    to: ['dba@example.org'],
    ...given,
  }
}

export interface World {
  readonly slack: SlackStandIn
  readonly notifier: Notifier
  readonly now: () => number
  /** Takes a record, decided at the present time. */
  fire(alert: Partial<Alert>, from?: From): Promise<void>
  resolve(alert: Partial<Alert>, from?: From): Promise<void>
  /** Lets time pass up to so many ms from the start; everything due on the way is done at its time. */
  until(ms: number): Promise<void>
  /** Another notifier over the same store, as after a restart. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Which part of the input a record was decided of, and how far behind that was, ms. */
export interface From {
  readonly part: string
  readonly lag: number
}

export interface WorldOptions {
  readonly settings?: Partial<NotifySettings>
  readonly receivers?: (slack: SlackReceiver) => readonly Receiver[]
  /** What Slack does to a call at a time, ms from the start. */
  readonly fault?: (method: string, at: number) => Fault
  readonly store?: Store
  readonly senders?: ReadonlyMap<string, Sender>
  readonly burst?: number
}

export async function world(options: WorldOptions = {}): Promise<World> {
  let time = START
  const now = (): number => time
  const slack = await slackStandIn({
    token: TOKEN,
    channel: 'C1',
    now,
    burst: options.burst ?? 3,
    fault: (method) => options.fault?.(method, time - START) ?? {},
  })
  const receiver: SlackReceiver = {
    type: 'slack',
    name: 'slack',
    zone: 'UTC',
    channel: 'C1',
    token: TOKEN,
    apiUrl: slack.apiUrl,
  }
  const settings = { ...SETTINGS, receivers: options.receivers?.(receiver) ?? [receiver], ...options.settings }
  const store = options.store ?? sqliteStore(':memory:')
  const senders = new Map([...(await openSenders(settings)), ...(options.senders ?? [])])
  let leading = await notifier({ settings, store, senders, now })
  const sequences = new Map<string, number>()

  async function record(alert: Alert, from?: From): Promise<void> {
    const seq = (sequences.get(alert.fingerprint) ?? 0) + 1
    sequences.set(alert.fingerprint, seq)
    await leading.take([{ alert, seq, ...from }])
  }

  return {
    slack,
    get notifier() {
      return leading
    },
    now,
    fire: (alert, from) => record(alertOf({ time, startsAt: time, since: time - 15 * SECOND, ...alert }), from),
    resolve: (alert, from) =>
      record(
        alertOf({
          time,
          since: time - 60 * SECOND,
          startsAt: time - 45 * SECOND,
          status: 'resolved',
          endsAt: time,
          endReason: 'proof',
          summary: 'it streams again',
          ...alert,
        }),
        from,
      ),
    async until(ms) {
      for (let due = leading.due(); due <= START + ms; due = leading.due()) {
        time = Math.max(time, due)
        await leading.tick()
      }
      time = Math.max(time, START + ms)
    },
    async restart() {
      leading = await notifier({ settings, store, senders, now })
    },
    async close() {
      await leading.close()
      await slack.close()
    },
  }
}

/** An alert as the engine makes it; what is not given is that of a replica without upstream. */
export function alertOf(given: Partial<Alert>): Alert {
  const { cluster = 'shop/orders', member = 'orders-1', rule = 'replica-without-upstream', time = START } = given
  const severity: Severity = given.severity ?? 'critical'
  return {
    kind: 'alert',
    time,
    cluster,
    member,
    rule,
    severity,
    status: 'firing',
    fingerprint: `${rule}|${cluster}|${member}`,
    subject: member ?? cluster,
    since: time,
    startsAt: time,
    endsAt: null,
    endReason: null,
    was: null,
    summary: `${member} has no upstream while orders-0 runs`,
    claims: [
      {
        member: 'orders-1',
        time: time - 4_000,
        text: 'no action. I am (orders-1), a secondary, and following a leader (orders-0)',
        source: { topic: 'logs', partition: 2, offset: '4711', index: 0 },
      },
    ],
    measures: [
      {
        member: 'orders-1',
        time: time - 1_000,
        text: 'received 0/F000000: 43 MiB behind orders-0',
        source: { metric: 'patroni_xlog_received_location' },
      },
      { member: 'orders-0', time: time - 900, text: 'at 0/11ABE000', source: { metric: 'patroni_xlog_location' } },
    ],
    evidence: [
      {
        source: { topic: 'logs', partition: 2, offset: '4711', index: 0 },
        time: time - 4_000,
        text: '2026-11-23 04:26:05 UTC [23479]: LOG:  parameter "primary_conninfo" removed from configuration file, reset to default',
      },
      { metric: 'patroni_xlog_received_location', time: time - 1_000, value: 251_658_240 },
    ],
    remedy: ["psql -h orders-1 -c 'show primary_conninfo'", 'patronictl list orders'],
    runbook: `docs/rules.md#${rule}`,
    inhibitedBy: null,
    ...given,
  }
}

/** First lines of the messages in the channel, answers indented. */
export function headlines(slack: SlackStandIn): string[] {
  return slack.messages.map(({ threadTs, broadcast, blocks }) => {
    const [header] = blocks as readonly { readonly text: { readonly text: string } }[]
    return `${threadTs === null ? '' : broadcast ? '>> ' : '> '}${header?.text.text}`
  })
}

/** First lines of the conversations in the channel, however many alerts they tell of by now, in no order that counts. */
export function conversations(slack: SlackStandIn): string[] {
  const opened = headlines(slack).filter((line) => !line.startsWith('>'))
  return opened.map((line) => line.replace(/ · \d+ alerts$/, '')).sort()
}
