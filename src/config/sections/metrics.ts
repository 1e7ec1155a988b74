import type { HttpAccess } from '../../model/access.ts'
import { byName, file, flag, listOf, name, pattern, pause, section, text, url } from '../form.ts'

/** What a source says of how its server is reached. */
export type AccessSettings = Partial<HttpAccess>

export interface LabelSettings {
  readonly label: string
  readonly pattern?: RegExp
  readonly name?: string
}

export interface PrometheusSettings extends AccessSettings {
  readonly url: string
  readonly match?: string
  /** ms. */
  readonly interval?: number
  readonly targets?: Readonly<Record<string, string>>
  readonly member?: LabelSettings
  readonly cluster?: LabelSettings
}

export interface PatroniRestSettings extends AccessSettings {
  /** Full name of the cluster; what the bodies say when absent. */
  readonly cluster?: string
  /** Base URLs by member. */
  readonly members: Readonly<Record<string, string>>
  readonly discover?: boolean
  /** ms. */
  readonly interval?: number
}

export interface MetricsSettings {
  readonly prometheus?: readonly PrometheusSettings[]
  readonly patroniRest?: readonly PatroniRestSettings[]
}

const access = {
  username: name('User for basic authentication.').exactOptional(),
  password: text('Its password. Better in a file.').exactOptional(),
  passwordFile: file('File that holds the password; read anew for each request.').exactOptional(),
  token: text('Bearer token. Better in a file.').exactOptional(),
  tokenFile: file('File that holds the token; read anew for each request.').exactOptional(),
  ca: file('Certificates of the authorities trusted (PEM), instead of the system’s.').exactOptional(),
  cert: file('Our certificate (PEM), where the server asks for one.').exactOptional(),
  key: file('Its key (PEM).').exactOptional(),
  serverName: name('Name expected in the server’s certificate, where it is not that of the URL.').exactOptional(),
  insecure: flag('Take any certificate. For tests.').exactOptional(),
  timeout: pause('For one request; 10 s when not set.').exactOptional(),
}

const label = {
  label: name('Label that is looked at.'),
  pattern: pattern('What its value must be, anchored at both ends; `(…)` is what the name is made of.').exactOptional(),
  name: text('The name, `$1` for the first group; `$1` when not set.').exactOptional(),
}

const prometheus = {
  url: url('Base URL, with the path prefix if it has one.'),
  match: text('More matchers for all series, such as `job="patroni"`.').exactOptional(),
  interval: pause('How often it is asked when running live; 15 s when not set.').exactOptional(),
  targets: byName('members by target', name('Member that is scraped there.')).exactOptional(),
  member: section(label).exactOptional(),
  cluster: section(label).exactOptional(),
  ...access,
}

const patroniRest = {
  cluster: name('Full name of the cluster; else what Patroni says.').exactOptional(),
  members: byName('URLs by member', url('Base URL of its REST API.')),
  discover: flag('Ask `/cluster` for more members; true when not set.').exactOptional(),
  interval: pause('How often each member is asked; 10 s when not set.').exactOptional(),
  ...access,
}

/** Section `metrics`. */
export const metrics = () =>
  section({
    prometheus: listOf(section(prometheus)).exactOptional(),
    patroniRest: listOf(section(patroniRest)).exactOptional(),
  })

/** For docs/config.md: the shapes below `metrics`, and what their sections mean. */
export const METRICS_SHAPES = {
  'metrics.prometheus[]': prometheus,
  'metrics.prometheus[].member, .cluster': label,
  'metrics.patroniRest[]': patroniRest,
}
export const METRICS_SECTIONS = {
  targets:
    'Members by what is scraped, `host:port` or `host`, where the series do not name them (Patroni before 3.2.0).',
  member: 'How the member is read from a label, where the series do not name it.',
  cluster: 'How the full name of the cluster is read from a label; the `scope` when not set.',
  members: 'Base URLs of the REST API by member.',
}
