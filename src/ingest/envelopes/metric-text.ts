import { VALUE_FIELDS } from './metric-json.ts'
import { epochMs, type MetricRow } from './metric-rows.ts'

/** Lines of a text that are looked at. */
const MOST = 20_000

/** Rows of a text: Prometheus' exposition format, or the influx line protocol. Null when no line is a metric. */
export function openMetricText(text: string): readonly MetricRow[] | null {
  const rows = text.split('\n', MOST).flatMap((line) => exposition(line) ?? influx(line) ?? [])
  return rows.length === 0 ? null : rows
}

const EXPOSITION = /^([a-zA-Z_:][\w:]{0,200})(?: ?\{([^}]{0,4000})\})? ([-+\w.]{1,40})(?: (\d{1,19}))?\s*$/
const LABEL = /([a-zA-Z_]\w{0,200}) ?= ?"((?:[^"\\]|\\.){0,500})"/g

/** `name{label="value"} 2.4595328e+07 1795408128000`, the time in ms and often left out. */
function exposition(line: string): readonly MetricRow[] | null {
  const match = EXPOSITION.exec(line)
  if (match === null) return null
  const [, metric = '', written = '', value = '', time] = match
  const labels: Record<string, string> = Object.create(null)
  for (const [, key = '', read = ''] of written.matchAll(LABEL)) labels[key] = unescaped(read)
  return [{ metric, labels, value: Number(value), time: time === undefined ? Number.NaN : epochMs(Number(time)) }]
}

const INFLUX =
  /^((?:[^,\s\\]|\\.){1,200})((?:,(?:[^,=\s\\]|\\.){1,200}=(?:[^,\s\\]|\\.){1,500}){0,40}) (\S{1,4000})(?: (\d{1,20}))?\s*$/
const TAG = /,((?:[^,=\s\\]|\\.){1,200})=((?:[^,\s\\]|\\.){1,500})/g
const FIELD = /(?:^|,)((?:[^,=\\]|\\.){1,200})=([-+\d.eE]{1,40})[iu]?(?=,|$)/g

/** `name,tag=value field=1,other=2i 1795408128000000000`. */
function influx(line: string): readonly MetricRow[] | null {
  const match = INFLUX.exec(line)
  if (match === null) return null
  const [, name = '', tags = '', fields = '', time] = match
  const labels: Record<string, string> = Object.create(null)
  for (const [, key = '', value = ''] of tags.matchAll(TAG)) labels[unescaped(key)] = unescaped(value)
  const at = time === undefined ? Number.NaN : epochMs(Number(time))
  return [...fields.matchAll(FIELD)].map(([, field = '', value = '']) => ({
    metric: VALUE_FIELDS.has(field) ? name : unescaped(field),
    labels,
    value: Number(value),
    time: at,
  }))
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, '$1') : text
}
