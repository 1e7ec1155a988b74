import { readFileSync } from 'node:fs'
import { UsageError } from '../config/problem.ts'
import type {
  NotifySection,
  ReceiverSettings,
  RouteSettings,
  SilenceSettings,
  WindowSettings,
} from '../config/sections/notify.ts'
import { parseMatcher } from '../model/matcher.ts'
import type { NotifySettings, Receiver, Route, Silence, Window } from '../model/receiver.ts'
import { holdsCertificate } from '../model/tls.ts'

const MINUTE = 60_000
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const SLACK_API = 'https://slack.com/api/'

type Environment = Readonly<Record<string, string | undefined>>
/** Gives a secret from the setting, its file, or the environment; null when there is none. */
type Secrets = (receiver: string, setting: string, given: string | undefined, file: string | undefined) => string | null

/**
 * The section as the notifier takes it: defaults in place, secrets read. A secret that stands in neither setting nor file is
 * taken from `PATROLOG_<RECEIVER>_<SETTING>`, or from the file that `…_FILE` names. Throws a UsageError with all that is missing.
 */
export function notifySettings(given: NotifySection, environment: Environment): NotifySettings {
  const problems: string[] = []
  const secrets = reader(environment, problems)
  const settings: NotifySettings = {
    receivers: Object.entries(given.receivers).map(([name, each]) => receiverOf(name, each, secrets, problems)),
    routes: given.routes.map(routeOf),
    silences: given.silences.map(silenceOf),
    windows: given.windows.map(windowOf),
    groupWait: given.groupWait ?? 2_000,
    repeatInterval: given.repeatInterval ?? 240 * MINUTE,
    staleAfter: given.staleAfter ?? 5 * MINUTE,
    storm: { incidents: given.storm?.incidents ?? 10, within: given.storm?.within ?? MINUTE },
    pace: { slackGap: 1_000, lookUpAfter: 5_000, firstRetry: 1_000 },
    runbookUrl: given.runbookUrl === undefined ? '' : given.runbookUrl.replace(/\/*$/, '/'),
    externalUrl: given.externalUrl ?? '',
  }
  if (problems.length > 0) throw new UsageError(problems)
  return settings
}

/** What a file holds; null, and a problem, when that is nothing. */
function heldBy(file: string, place: string, problems: string[]): string | null {
  try {
    const held = readFileSync(file, 'utf8').trim()
    if (held !== '') return held
    problems.push(`${place}: ${file}: holds nothing`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    problems.push(`${place}: ${file}: ${code === 'ENOENT' ? 'no such file' : message}`)
  }
  return null
}

function reader(environment: Environment, problems: string[]): Secrets {
  const fromFile = (file: string, place: string): string | null => heldBy(file, place, problems)
  return (receiver, setting, given, file) => {
    if (given !== undefined) return given
    if (file !== undefined) return fromFile(file, `notify.receivers.${receiver}.${setting}File`)
    const name = `PATROLOG_${receiver}_${setting}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
    const named = environment[`${name}_FILE`]
    return environment[name] || (named ? fromFile(named, `${name}_FILE`) : null)
  }
}

function receiverOf(name: string, given: ReceiverSettings, secrets: Secrets, problems: string[]): Receiver {
  const common = { name, zone: given.zone ?? 'UTC' }
  const required = (setting: string, value: string | undefined, file: string | undefined): string => {
    const found = secrets(name, setting, value, file)
    if (found === null)
      problems.push(
        `notify.receivers.${name}: expected ${setting} or ${setting}File, or PATROLOG_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_${setting.toUpperCase()} in the environment`,
      )
    return found ?? ''
  }
  // What no request can carry, the error of the request would show.
  const carried = (token: string): string => {
    if (!/^[\x20-\x7e]*$/.test(token))
      problems.push(`notify.receivers.${name}: expected one line of ASCII characters as token, got something else`)
    return token
  }
  const bearer = (token: string | undefined, file: string | undefined): Record<string, string> => {
    const found = secrets(name, 'token', token, file)
    return found === null ? {} : { authorization: `Bearer ${carried(found)}` }
  }
  if (given.slack !== undefined) {
    const { channel, apiUrl = SLACK_API, token, tokenFile } = given.slack
    return { ...common, type: 'slack', channel, apiUrl, token: carried(required('token', token, tokenFile)) }
  }
  if (given.email !== undefined) return emailOf(common, given.email, required, problems)
  const { url, urlFile } = given.slackWebhook ?? given.alertmanager ?? given.webhook ?? given.heartbeat ?? {}
  const written = required('url', url, urlFile)
  if (written !== '' && !/^https?:/.test(URL.parse(written)?.protocol ?? ''))
    problems.push(`notify.receivers.${name}: expected a URL in urlFile or the environment, got something else`)
  const { basic, ...place } = placeOf(written)
  const target = { ...common, ...place }
  if (given.slackWebhook !== undefined) return { ...target, type: 'slack-webhook' }
  const { token, tokenFile } = given.alertmanager ?? given.webhook ?? given.heartbeat ?? {}
  const headers = { ...basic, ...bearer(token, tokenFile) }
  if (given.alertmanager !== undefined) return { ...target, type: 'alertmanager', headers }
  if (given.webhook !== undefined) return { ...target, type: 'webhook', headers }
  const { every = MINUTE, alertmanager = false } = given.heartbeat ?? {}
  return { ...target, type: 'heartbeat', headers, every, form: alertmanager ? 'alertmanager' : 'url' }
}

/** A URL may hold `user:password@`, but no request does: they are shown as Basic authentication. */
function placeOf(given: string): { readonly url: string; readonly basic: Record<string, string> } {
  const url = URL.parse(given)
  if (url === null || (url.username === '' && url.password === '')) return { url: given, basic: {} }
  const pair = `${decoded(url.username)}:${decoded(url.password)}`
  url.username = url.password = ''
  return { url: url.href, basic: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

/** A password may hold a `%` that begins no escape: then it is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function emailOf(
  common: { readonly name: string; readonly zone: string },
  given: NonNullable<ReceiverSettings['email']>,
  required: (setting: string, given: string | undefined, file: string | undefined) => string,
  problems: string[],
): Receiver {
  const { host, security = 'starttls', user = null, from, to } = given
  const place = `notify.receivers.${common.name}`
  const ca = given.ca === undefined ? null : heldBy(given.ca, `${place}.ca`, problems)
  if (ca !== null && !holdsCertificate(ca))
    problems.push(`${place}.ca: ${given.ca}: expected certificates (PEM), got none`)
  const port = given.port ?? (security === 'tls' ? 465 : 587)
  const password = user === null ? null : required('password', given.password, given.passwordFile)
  return { ...common, type: 'email', host, port, security, user, password, ca, from, to }
}

const matchersOf = (texts: readonly string[]) => texts.flatMap((text) => parseMatcher(text) ?? [])

function routeOf({ match, receivers, ...given }: RouteSettings): Route {
  return {
    matchers: matchersOf(match),
    receivers,
    continue: given.continue ?? false,
    groupWait: given.groupWait ?? null,
    repeatInterval: given.repeatInterval ?? null,
  }
}

function silenceOf({ match, from, until, comment }: SilenceSettings, at: number): Silence {
  return {
    id: `config-${at + 1}`,
    matchers: matchersOf(match),
    startsAt: from,
    endsAt: until,
    by: 'configuration',
    comment,
  }
}

function windowOf({ name, match, days, from, length, zone }: WindowSettings): Window {
  return { name, matchers: matchersOf(match), days: days ?? EVERY_DAY, from, length, zone: zone ?? 'UTC' }
}
