/** What an operator sets about notifications. Durations are ms, times epoch ms. */

export type MatchName = 'cluster' | 'member' | 'rule' | 'severity' | 'subject'

/** One condition on an alert, as Alertmanager writes it: `cluster=~shop/.*`. A pattern has to match the whole value. */
export interface Matcher {
  readonly name: MatchName
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** An alert takes the first route whose matchers all hold, and goes on to later ones when that route says `continue`. */
export interface Route {
  readonly matchers: readonly Matcher[]
  readonly receivers: readonly string[]
  readonly continue: boolean
  /** How long the first message of an incident waits for others; as set for all routes when null. */
  readonly groupWait: number | null
  readonly repeatInterval: number | null
}

/** Alerts that match are not sent between the two times. */
export interface Silence {
  readonly id: string
  readonly matchers: readonly Matcher[]
  readonly startsAt: number
  readonly endsAt: number
  readonly by: string
  readonly comment: string
}

/** Planned work that comes back: alerts that match are not sent while it lasts. */
export interface Window {
  readonly name: string
  readonly matchers: readonly Matcher[]
  /** Days of the week on which it begins, 1 Monday to 7 Sunday. */
  readonly days: readonly number[]
  /** Minutes after midnight at which it begins, in `zone`. */
  readonly from: number
  readonly length: number
  readonly zone: string
}

interface Common {
  readonly name: string
  /** Zone in which its readers are told times. */
  readonly zone: string
}

export interface SlackReceiver extends Common {
  readonly type: 'slack'
  /** ID of the channel. */
  readonly channel: string
  readonly token: string
  /** `https://slack.com/api/` unless set otherwise. */
  readonly apiUrl: string
}

/** The reduced mode: no thread, no update, no look-up. */
export interface SlackWebhookReceiver extends Common {
  readonly type: 'slack-webhook'
  readonly url: string
}

export interface EmailReceiver extends Common {
  readonly type: 'email'
  readonly host: string
  readonly port: number
  readonly security: 'none' | 'starttls' | 'tls'
  readonly user: string | null
  readonly password: string | null
  /** Certificates (PEM) trusted beside the system's own. */
  readonly ca: string | null
  readonly from: string
  readonly to: readonly string[]
}

export interface AlertmanagerReceiver extends Common {
  readonly type: 'alertmanager'
  /** Base URL, without `/api/v2`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface WebhookReceiver extends Common {
  readonly type: 'webhook'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Told each `every` that patrolog is alive, and nothing else. */
export interface HeartbeatReceiver extends Common {
  readonly type: 'heartbeat'
  readonly url: string
  readonly every: number
  readonly headers: Readonly<Record<string, string>>
  /** An URL that is asked, or an Alertmanager that is sent an always-firing alert. */
  readonly form: 'url' | 'alertmanager'
}

export type Receiver =
  | SlackReceiver
  | SlackWebhookReceiver
  | EmailReceiver
  | AlertmanagerReceiver
  | WebhookReceiver
  | HeartbeatReceiver

/** A mass failure: so many incidents opened on one receiver within `within` are told one by one, the rest in a digest. */
export interface StormSettings {
  readonly incidents: number
  readonly within: number
}

/** How fast a receiver is sent to, ms. */
export interface Pace {
  /** Between two sendings to a Slack channel, which takes about one a second. */
  readonly slackGap: number
  /** From an attempt without an answer to the look-up: it may still be on its way. */
  readonly lookUpAfter: number
  /** After the first failure; doubled with each further one in a row, up to a minute. */
  readonly firstRetry: number
}

export interface NotifySettings {
  readonly receivers: readonly Receiver[]
  /** None: everything goes to every receiver. */
  readonly routes: readonly Route[]
  readonly silences: readonly Silence[]
  readonly windows: readonly Window[]
  readonly groupWait: number
  readonly repeatInterval: number
  /** Records further behind are not sent until we have caught up. */
  readonly staleAfter: number
  readonly storm: StormSettings
  readonly pace: Pace
  /** Where runbooks stand: put in front of `docs/rules.md#…`. */
  readonly runbookUrl: string
  /** Where a person reads of this patrolog; the webhook's `externalURL`. */
  readonly externalUrl: string
}
