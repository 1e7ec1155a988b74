import { UsageError } from '../config/problem.ts'
import { parseDuration } from '../config/quantity.ts'
import type { ApiAnswer } from '../notifier/api.ts'
import type { Explanation, Status } from '../notifier/types.ts'
import { plain } from '../report/plain.ts'
import { zoneTimes } from '../report/zone.ts'
import type { Service } from './service.ts'

const times = zoneTimes('UTC')
const print = (lines: readonly string[]): void =>
  void process.stdout.write(lines.map((line) => `${plain(line)}\n`).join(''))

/** Of a whole cluster the subject is its name. */
const whole = (cluster: string, subject: string): string => (subject === cluster ? cluster : `${cluster}/${subject}`)

/** What fires, what is muted and why, and how the receivers do. */
export async function status(service: Service): Promise<number> {
  const { firing, behind, receivers } = bodyOf<Status>(await service.ask('GET', '/api/v1/status'))
  const alerts = firing.flatMap(({ severity, rule, cluster, subject, since, summary, fingerprint, muted }) => [
    `${severity.toUpperCase()} ${rule} ${whole(cluster, subject)} since ${times.full(since)}  ${fingerprint}`,
    `    ${summary}`,
    ...(muted === null ? [] : [`    not sent: ${muted}`]),
  ])
  print([
    ...(alerts.length === 0 ? ['nothing fires'] : alerts),
    ...(behind.length > 0 ? [`far behind: ${behind.join(', ')}; nothing of it is sent until it has caught up`] : []),
    ...receivers.map(
      ({ name, waiting, sent, dead, trouble }) =>
        `receiver ${name}: ${sent} sent, ${waiting} waiting, ${dead} refused${trouble === null ? '' : `; trouble: ${trouble}`}`,
    ),
  ])
  return 0
}

/** Why an alert was or was not sent. */
export async function explainAlert(service: Service, fingerprint: string): Promise<number> {
  const answer = await service.ask('GET', `/api/v1/alerts/${encodeURIComponent(fingerprint)}`)
  const { rule, cluster, subject, status: state, decisions } = bodyOf<Explanation>(answer)
  print([
    `${rule} ${whole(cluster, subject)}: ${state}`,
    ...decisions.map(({ time, text }) => `  ${times.full(time)}  ${text}`),
  ])
  return 0
}

export interface SilenceOptions {
  readonly duration: string
  readonly comment: string
  readonly by?: string
}

export async function addSilence(service: Service, match: readonly string[], options: SilenceOptions): Promise<number> {
  const duration = parseDuration(options.duration)
  if (duration === undefined || duration === 0)
    throw new UsageError([`--for: expected a duration such as 2h, got "${options.duration}"`])
  const body = { match, duration, comment: options.comment, by: options.by ?? process.env.USER ?? '' }
  const { id, endsAt } = bodyOf<Silenced>(await service.ask('POST', '/api/v1/silences', body))
  print([`${id}: until ${times.full(endsAt)}`])
  return 0
}

interface Silenced {
  readonly id: string
  readonly startsAt: number
  readonly endsAt: number
  readonly match: readonly string[]
  readonly by: string
  readonly comment: string
}

export async function listSilences(service: Service): Promise<number> {
  const { silences } = bodyOf<{ silences: readonly Silenced[] }>(await service.ask('GET', '/api/v1/silences'))
  const lines = silences.map(
    ({ id, match, startsAt, endsAt, by, comment }) =>
      `${id}  ${match.join(' ')}  ${times.full(startsAt)} to ${times.full(endsAt)}  ${comment}${by === '' ? '' : ` (${by})`}`,
  )
  print(lines.length === 0 ? ['no silences'] : lines)
  return 0
}

export async function expireSilence(service: Service, id: string): Promise<number> {
  bodyOf(await service.ask('DELETE', `/api/v1/silences/${encodeURIComponent(id)}`))
  print([`${id}: ended`])
  return 0
}

/** Of `CLUSTER` or `CLUSTER/MEMBER`. */
export async function forget(service: Service, name: string): Promise<number> {
  const { forgotten, cluster, member } = bodyOf<Forgotten>(await service.ask('POST', '/api/v1/forget', { name }))
  const whose = member === null ? cluster : `${cluster}, member ${member},`
  // A name with a slip in it is forgotten as well.
  const told =
    forgotten === 0
      ? `nothing of ${whose} fires; see status for what does`
      : `${count(forgotten)} of ${whose} forgotten`
  print([told])
  return 0
}

function count(alerts: number): string {
  return alerts === 1 ? '1 alert' : `${alerts} alerts`
}

interface Forgotten {
  readonly forgotten: number
  readonly cluster: string
  readonly member: string | null
}

function bodyOf<T>({ status: code, body }: ApiAnswer): T {
  if (code < 400) return body as T
  throw new UsageError([(body as { error?: string }).error ?? `the service answered ${code}`])
}
