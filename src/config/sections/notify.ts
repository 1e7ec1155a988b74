import { DateTime } from 'luxon'
import { z } from 'zod'
import { parseMatcher } from '../../model/matcher.ts'
import {
  byName,
  count,
  duration,
  file,
  flag,
  isUrl,
  listOf,
  name,
  pause,
  port,
  section,
  someOf,
  text,
  url,
  value,
  zone,
} from '../form.ts'
import { quoted } from '../problem.ts'

/** How a receiver is reached: exactly one of the kinds. */
export interface ReceiverSettings {
  readonly zone?: string
  readonly slack?: SecretSettings & { readonly channel: string; readonly apiUrl?: string }
  readonly slackWebhook?: UrlSettings
  readonly email?: EmailSettings
  readonly alertmanager?: UrlSettings & SecretSettings
  readonly webhook?: UrlSettings & SecretSettings
  readonly heartbeat?: UrlSettings & SecretSettings & { readonly every?: number; readonly alertmanager?: boolean }
}

export interface SecretSettings {
  readonly token?: string
  readonly tokenFile?: string
}

export interface UrlSettings {
  readonly url?: string
  readonly urlFile?: string
}

export interface EmailSettings {
  readonly host: string
  readonly port?: number
  readonly security?: 'none' | 'starttls' | 'tls'
  readonly user?: string
  readonly password?: string
  readonly passwordFile?: string
  readonly ca?: string
  readonly from: string
  readonly to: readonly string[]
}

export interface RouteSettings {
  readonly match: readonly string[]
  readonly receivers: readonly string[]
  readonly continue?: boolean
  readonly groupWait?: number
  readonly repeatInterval?: number
}

export interface SilenceSettings {
  readonly match: readonly string[]
  readonly from: number
  readonly until: number
  readonly comment: string
}

export interface WindowSettings {
  readonly name: string
  readonly match: readonly string[]
  readonly days?: readonly number[]
  readonly from: number
  readonly length: number
  readonly zone?: string
}

export interface NotifySection {
  readonly receivers: Readonly<Record<string, ReceiverSettings>>
  readonly routes: readonly RouteSettings[]
  readonly silences: readonly SilenceSettings[]
  readonly windows: readonly WindowSettings[]
  readonly groupWait?: number
  readonly repeatInterval?: number
  readonly staleAfter?: number
  readonly storm?: { readonly incidents?: number; readonly within?: number }
  readonly runbookUrl?: string
  readonly externalUrl?: string
}

const KINDS = ['slack', 'slackWebhook', 'email', 'alertmanager', 'webhook', 'heartbeat'] as const
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const SECURITY = ['none', 'starttls', 'tls'] as const

const oneOf = <T extends string>(choices: readonly T[], means: string) =>
  value(choices.join(', '), choices.join(', '), means, (given) => choices.find((choice) => choice === given))
const matcher = value(
  'a matcher such as cluster=~shop/.*',
  'matcher',
  'Matchers of the fields cluster, member, rule, severity, subject, with =, !=, =~ or !~; all must hold.',
  (given) => (typeof given === 'string' && parseMatcher(given) !== undefined ? given : undefined),
)
const time = (means: string) =>
  value('a time such as 2026-03-01T02:30:00Z', 'time', means, (given) => {
    const read = typeof given === 'string' ? DateTime.fromISO(given, { setZone: true }) : undefined
    return read?.isValid === true ? read.toMillis() : undefined
  })
const clock = (means: string) =>
  value('a time of day such as "02:30"', 'time of day', means, (given) => {
    const [, hour, minute] = typeof given === 'string' ? (/^([01]\d|2[0-3]):([0-5]\d)$/.exec(given) ?? []) : []
    return hour === undefined ? undefined : Number(hour) * 60 + Number(minute)
  })
const day = value('a day such as mon', 'mon to sun', 'Days on which it begins; every day when not set.', (given) => {
  const at = DAYS.indexOf(String(given))
  return at < 0 ? undefined : at + 1
})
const address = (means: string) =>
  value('an address such as dba@example.org', 'address', means, (given) =>
    typeof given === 'string' && /^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/.test(given) ? given : undefined,
  )

/** Slack takes the name of a channel for a message, but not for an update of it, nor to look one up. */
const channel = (means: string) =>
  value('the ID of a channel such as C0123456789', 'ID', means, (given) =>
    typeof given === 'string' && /^[A-Z][A-Z\d]+$/.test(given) ? given : undefined,
  )

/** A text that no error message shows. */
const hidden = (what: string, means: string, fits: (given: string) => boolean) =>
  z
    .unknown()
    .transform((given, context) => {
      if (typeof given === 'string' && fits(given)) return given
      context.addIssue({ code: 'custom', message: `expected ${what}` })
      return z.NEVER
    })
    .meta({ description: means, form: what })
const secret = {
  token: hidden(
    'a text',
    'Token that is shown as `Authorization: Bearer`. Better in a file or the environment.',
    Boolean,
  ).exactOptional(),
  tokenFile: file('File that holds the token.').exactOptional(),
}
const target = {
  url: hidden(
    'a URL',
    'Where it is sent; `user:password@` in front of the host is shown as Basic authentication.',
    isUrl,
  ).exactOptional(),
  urlFile: file('File that holds the URL, where it is a secret.').exactOptional(),
}
const slack = {
  channel: channel('ID of the channel, such as C0123456789.'),
  apiUrl: url('Base of the Web API.').exactOptional(),
  ...secret,
}
const email = {
  host: name('Mail server that takes our mail.'),
  port: port('Its port; 587, with `tls` 465.').exactOptional(),
  security: oneOf(SECURITY, 'How the connection is protected; `starttls` when not set.').exactOptional(),
  user: name('User for authentication; none when not set.').exactOptional(),
  password: hidden('a text', 'Its password. Better in a file or the environment.', Boolean).exactOptional(),
  passwordFile: file('File that holds the password.').exactOptional(),
  ca: file('Certificate (PEM) trusted beside the system’s.').exactOptional(),
  from: address('Sender.'),
  to: someOf(address('Recipients.'), 'recipients'),
}
const heartbeat = {
  ...target,
  every: pause('How often; 1 min when not set.').exactOptional(),
  alertmanager: flag('The URL is that of an Alertmanager, which is sent an alert that always fires.').exactOptional(),
  ...secret,
}
const receiver = {
  zone: zone('Zone in which its readers are told times; UTC when not set.').exactOptional(),
  slack: section(slack).exactOptional(),
  slackWebhook: section(target).exactOptional(),
  email: section(email).exactOptional(),
  alertmanager: section({ ...target, ...secret }).exactOptional(),
  webhook: section({ ...target, ...secret }).exactOptional(),
  heartbeat: section(heartbeat).exactOptional(),
}
const route = {
  match: listOf(matcher),
  receivers: listOf(name('Names of receivers; none drops the alert.')),
  continue: flag('Whether later routes are looked at too.').exactOptional(),
  groupWait: duration('Instead of the general one.').exactOptional(),
  repeatInterval: pause('Instead of the general one.').exactOptional(),
}
const silence = {
  match: listOf(matcher),
  from: time('Begin.'),
  until: time('End.'),
  comment: text('Why.'),
}
const window = {
  name: name('What is done then.'),
  match: listOf(matcher),
  days: listOf(day).exactOptional(),
  from: clock('When it begins.'),
  length: pause('How long it lasts.'),
  zone: zone('Zone of that time; UTC when not set.').exactOptional(),
}
const storm = {
  incidents: count(
    'So many incidents of a receiver are told one by one, 10 when not set; the rest in a digest.',
  ).exactOptional(),
  within: pause('Within this time; 1 min when not set.').exactOptional(),
}
const top = {
  receivers: byName('receivers', section(receiver).superRefine(oneKind)).default({}),
  routes: listOf(section(route)).default([]),
  silences: listOf(section(silence)).default([]),
  windows: listOf(section(window)).default([]),
  groupWait: duration('How long the first message of an incident waits for others; 2 s when not set.').exactOptional(),
  repeatInterval: pause('What still fires is told again after this; 4 h when not set.').exactOptional(),
  staleAfter: pause(
    'What is decided of a part of the input waits while our own backlog there is older; 5 min when not set.',
  ).exactOptional(),
  storm: section(storm).exactOptional(),
  runbookUrl: url('Put in front of `docs/rules.md#RULE` in links.').exactOptional(),
  externalUrl: url('Where this patrolog is met by a person; shown by receivers as the source.').exactOptional(),
}

function oneKind(given: unknown, context: z.core.$RefinementCtx): void {
  const kinds = KINDS.filter((kind) => (given as Record<string, unknown>)[kind] !== undefined)
  if (kinds.length === 1) return
  const found = kinds.length === 0 ? 'none' : kinds.join(' and ')
  context.addIssue({ code: 'custom', message: `expected exactly one of ${KINDS.join(', ')}, got ${found}` })
}

/** Every name in a route is that of a receiver. */
function knownReceivers(given: unknown, context: z.core.$RefinementCtx): void {
  const { receivers, routes } = given as NotifySection
  for (const [at, route] of routes.entries())
    for (const [index, name] of route.receivers.entries())
      if (receivers[name] === undefined)
        context.addIssue({
          code: 'custom',
          path: ['routes', at, 'receivers', index],
          message: `expected one of ${Object.keys(receivers).join(', ') || 'the receivers (none is set)'}, got ${quoted(name)}`,
        })
}

/** Section `notify`. */
export const notify = () => section(top).superRefine(knownReceivers)

/** For docs/config.md. */
export const NOTIFY_SHAPES = {
  notify: top,
  'notify.receivers.NAME': receiver,
  'notify.receivers.NAME.slack': slack,
  'notify.receivers.NAME.slackWebhook': target,
  'notify.receivers.NAME.email': email,
  'notify.receivers.NAME.alertmanager, .webhook': { ...target, ...secret },
  'notify.receivers.NAME.heartbeat': heartbeat,
  'notify.routes[]': route,
  'notify.silences[]': silence,
  'notify.windows[]': window,
  'notify.storm': storm,
}
export const NOTIFY_SECTIONS = {
  receivers: 'Who is told, by a name of your choice.',
  routes:
    'Which alerts go to whom: the first that matches, and later ones when it says `continue`. Without routes every receiver is told everything.',
  silences: 'Alerts that match are not sent between two times. `patrolog silence add` makes them at run time.',
  windows: 'Planned work that comes back each week: alerts that match are not sent while it lasts.',
  storm: 'What counts as a mass failure.',
  slack:
    'A channel, through the Web API: scopes `chat:write`, and `channels:history` to find again what may have arrived.',
  slackWebhook: 'A channel, through an incoming webhook: the reduced mode, without threads, updates, or finding again.',
  email: 'Mail.',
  alertmanager: 'An Alertmanager (API v2), given all alerts each minute.',
  webhook: 'Any program that takes Alertmanager’s webhook payload (version 4).',
  heartbeat: 'Told that patrolog is alive, as long as decisions on all of its input advance.',
  match: 'Matchers of cluster, member, rule, severity, subject, such as `cluster=~shop/.*`; all must hold.',
  to: 'Recipients.',
  days: 'mon to sun; every day when not set.',
}
