/** What a text wrapper says of the line inside it. Bounds are characters of the text. */
export interface Unwrapped {
  readonly kind: string
  readonly text: string
  readonly member: string | null
  readonly cluster: string | null
  /** Distinguishes writers inside the file. */
  readonly stream: string
  /** A part of a longer line: join until the last part. */
  readonly partial: boolean
}

const CRI = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (stdout|stderr) ([FP])(?::\S{0,20})? ?/
const KUBECTL = /^\[pod\/([\w.-]{1,253})\/([\w.-]{1,253})\] ?/
const COMPOSE = /^([\w.-]{1,128}) {1,40}\| /
/** `docker service logs`: service, number, task, node. */
const SWARM = /^([\w.*-]{1,128}\.\d{1,6})\.\w{1,32}@[\w.-]{1,255} {1,40}\| /
/** What takes it from a socket may write it without its priority: then the time must be one. */
const SYSLOG5424 =
  /^(?:<\d{1,3}>1 \S{1,40}|1 \d{4}-\d\d-\d\dT\S{1,30}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.){0,500}"){0,500}\]){1,8}) ?/
/** Priority and time of RFC 3164, a time of ISO 8601 in its place, or that of `journalctl -o short-full`, `-unix`, `-monotonic`. */
const SYSLOG_TIME = String.raw`(?:<\d{1,3}>)?(?:\d{10}\.\d{6}|\[ *\d{1,9}\.\d{6}\]|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})?|[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [A-Z]{2,5}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d))`
/** What stands behind a time is no name when it is a date: then the line begins there. */
const DATED = String.raw`(?!\d{4}-\d\d-\d\d[ T])`
const SYSLOG = new RegExp(String.raw`^${SYSLOG_TIME} ${DATED}([\w.-]{1,255}) ([\w./@-]{1,64})(?:\[\d{1,10}\])?:? ?`)
/** `journalctl --no-hostname`, or a host that was masked before the log was shown: nobody is named, the program is. */
const NO_HOST = new RegExp(String.raw`^${SYSLOG_TIME} {1,2}${DATED}(?:\S{1,255} )?([\w./@-]{1,64})\[\d{1,10}\]: ?`)
/** Logstash's codec plain: time with ms, host, message. What names a process behind the host is syslog. */
const LOGSTASH = new RegExp(
  String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ${DATED}(\S{1,255})(?: (?![\w./@-]{1,64}\[\d{1,10}\]: )|$)`,
)
/** The line behind a time of docker, podman or kubectl, in nanoseconds, or of whoever shows a line that has one of its own. */
const STAMPED =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{7,9}(?:Z|[+-]\d\d:\d\d)(?: |$)|(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d) (?=\d{4}-\d\d-\d\d ))/
/** Fluentd's `out_file` and `stdout`: time, tag and the record. */
const FLUENTD =
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})? ?(?:Z|[+-]\d\d:?\d\d)[ \t][\w.*-]{1,253}:?[ \t](?=\{")/
const LEVELS = new Set(['INFO', 'WARNING', 'ERROR', 'DEBUG', 'CRITICAL', 'LOG', 'FATAL'])
/** Telegraf's influx line protocol, its tags and the line as the field `value`. */
const INFLUX = /^[\w.-]{1,64}((?:,[\w.-]{1,64}=(?:[^\s,\\]|\\.){1,255}){1,20}) value="((?:[^"\\]|\\.)*)"(?: \d{1,20})?$/
/** kafka-console-consumer with its time, place, headers and key printed. */
const CONSUMER =
  /^(?:CreateTime|LogAppendTime|NoTimestamp):?-?\d{0,15}\t(?:Partition:\d+\t)?(?:Offset:\d+\t)?(?:NO_HEADERS\t|[\w.-]{1,64}:[^\t"{]{0,128}\t)?(?:[\w./-]{1,128}\t)?/
/** The lines a syslog wrapper carries begin with a stamp, a JSON object, or continue such a line. */
const STERN =
  /^([a-z0-9](?:[\w.-]{0,251}[a-z0-9])?) (?!\d{4}-\d\d-\d\d )([a-z0-9](?:[\w-]{0,61}[a-z0-9])?) (?=\d{4}-\d\d-\d\d[T ]|\{"|\[?\d\d:\d\d:\d\d|[A-Z]+:|time=")/
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of
const ANSI = /\u001b\[[\d;:?]{0,20}[A-Za-z]/g

/** What a page shows for signs that HTML takes for its own: some copy its source. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}
const ENTITY = /&(?:nbsp|lt|gt|quot|#39|amp);/g

/** A line as a terminal or a browser shows it. */
export function asShown(text: string): string {
  const plain = text.includes('\u001b') ? text.replace(ANSI, '') : text
  return plain.includes('&') ? plain.replace(ENTITY, (entity) => ENTITIES[entity] ?? entity) : plain
}

/** A wrapper that is a time and nothing else. */
export const TIMES = 'timestamps'
const TIME_ALONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)(?: |$)/

/**
 * Takes one wrapper off a line; null when it has none. A single character rules most of them out. `times` tells that lines of
 * this input have a time in front and nothing else, so that no name is read out of one that goes on.
 */
export function unwrap(text: string, times: boolean): Unwrapped | null {
  const first = text[0] ?? ''
  const iso = text[10] === 'T'
  const alone = times && iso ? TIME_ALONE.exec(text) : null
  if (alone !== null) return nobody(TIMES, text.slice(alone[0].length))
  const cri = iso ? CRI.exec(text) : null
  if (cri !== null)
    return {
      kind: 'cri',
      text: text.slice(cri[0].length),
      member: null,
      cluster: null,
      stream: cri[1] as string,
      partial: cri[2] === 'P',
    }
  const consumer = 'CLN'.includes(first) ? CONSUMER.exec(text) : null
  if (consumer !== null) return nobody('topic dump', text.slice(consumer[0].length))
  const influx = text.includes(' value="') ? INFLUX.exec(text) : null
  if (influx !== null) return fromInflux(influx[1] as string, influx[2] as string)
  const kubectl = first === '[' ? KUBECTL.exec(text) : null
  if (kubectl !== null) return wrapped('kubectl', text, kubectl, kubectl[1] as string, `${kubectl[1]}/${kubectl[2]}`)
  const modern = first === '<' || first === '1' ? SYSLOG5424.exec(text) : null
  if (modern !== null) return wrapped('syslog', text, modern, modern[1] as string, `${modern[1]}/${modern[2]}`)
  const fluentd = text.endsWith('}') ? FLUENTD.exec(text) : null
  if (fluentd !== null) return nobody('fluentd', text.slice(fluentd[0].length))
  const stamped = iso ? STAMPED.exec(text) : null
  if (stamped !== null) return nobody(TIMES, text.slice(stamped[0].length))
  const logstash = iso ? LOGSTASH.exec(text) : null
  if (logstash !== null && !LEVELS.has((logstash[1] as string).replace(/:$/, ''))) return fromLogstash(text, logstash)
  const mayBeSyslog = iso || first === '<' || first === '[' || text[3] === ' ' || text[10] === '.'
  const syslog = mayBeSyslog ? SYSLOG.exec(text) : null
  if (syslog !== null && !LEVELS.has(syslog[1] as string))
    return wrapped('syslog', text, syslog, syslog[1] as string, `${syslog[1]}/${syslog[2]}`)
  const hostless = mayBeSyslog ? NO_HOST.exec(text) : null
  if (hostless !== null) return wrapped('syslog', text, hostless, '-', hostless[1] as string)
  const stern = STERN.exec(text)
  if (stern !== null) return wrapped('stern', text, stern, stern[1] as string, `${stern[1]}/${stern[2]}`)
  return text.includes(' | ') ? ofDocker(text) : null
}

function ofDocker(text: string): Unwrapped | null {
  const compose = COMPOSE.exec(text)
  // A column of a table: how grave a viewer takes the line to be.
  if (compose !== null && LEVELS.has(compose[1] as string)) return nobody('table', text.slice(compose[0].length))
  if (compose !== null)
    return wrapped('compose', text, compose, (compose[1] as string).replace(/-1$/, ''), compose[1] as string)
  const swarm = SWARM.exec(text)
  if (swarm === null) return null
  return wrapped('swarm', text, swarm, (swarm[1] as string).replace(/\.1$/, ''), swarm[1] as string)
}

/** A wrapper that names nobody. */
function nobody(kind: string, text: string): Unwrapped {
  return { kind, text, member: null, cluster: null, stream: '', partial: false }
}

/** The host may be an object (`{name=pg-1}`) or a field that was not there (`%{host}`). */
function fromLogstash(text: string, match: RegExpExecArray): Unwrapped {
  const host = /^[\w.-]+$/.test(match[1] as string)
    ? (match[1] as string)
    : (/name=([\w.-]+)/.exec(match[1] as string)?.[1] ?? '-')
  return wrapped('logstash', text, match, host, host)
}

function fromInflux(tags: string, value: string): Unwrapped {
  const member = /,host=((?:[^\s,\\]|\\.)+)/.exec(tags)?.[1] ?? null
  const text = value.replace(/\\(["\\])/g, '$1')
  return { kind: 'influx', text, member, cluster: null, stream: tags, partial: false }
}

/** PostgreSQL numbers what it gives to syslog, also in front of a prefix with a time. */
const NUMBERED = /^\[\d{1,10}-\d{1,10}\] (?=\d{4}-\d\d-\d\d )/

function wrapped(kind: string, text: string, match: RegExpExecArray, member: string, stream: string): Unwrapped {
  const inner = text.slice(match[0].length)
  return {
    kind,
    text: kind === 'syslog' ? inner.replace(NUMBERED, '') : inner,
    member: member === '-' ? null : member,
    cluster: null,
    stream,
    partial: false,
  }
}
