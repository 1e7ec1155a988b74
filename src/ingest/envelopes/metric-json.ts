import { array, instant, isObject, type Json, number, object, text } from '../readings/json.ts'
import { epochMs, type MetricRow } from './metric-rows.ts'
import { attributes } from './otlp-json.ts'

/** Rows of a JSON value: Telegraf, prometheus-kafka-adapter, OTLP. Null when it is none of them. */
export function openMetricJson(value: unknown): readonly MetricRow[] | null {
  if (!isObject(value)) return null
  const resources = array(value, 'resourceMetrics')
  if (resources !== undefined) return resources.filter(isObject).flatMap(ofResource)
  const batch = array(value, 'metrics')
  if (batch !== undefined) return batch.flatMap((one) => (isObject(one) ? (telegraf(one) ?? []) : []))
  return telegraf(value) ?? adapter(value)
}

/** Fields that hold the value where the metric is the name (Telegraf's inputs.prometheus, metric_version 1). */
export const VALUE_FIELDS: ReadonlySet<string> = new Set(['value', 'gauge', 'counter'])

/** `{"fields":{…},"name":…,"tags":{…},"timestamp":…}`: the metric is the name, or with version 2 the field. */
function telegraf(value: Json): readonly MetricRow[] | null {
  const fields = object(value, 'fields')
  const name = text(value, 'name')
  if (fields === undefined || name === undefined) return null
  const labels = strings(object(value, 'tags') ?? {})
  const time = epochMs(number(value, 'timestamp') ?? Number.NaN)
  return Object.entries(fields).flatMap(([field, read]) =>
    typeof read === 'number' ? [{ metric: VALUE_FIELDS.has(field) ? name : field, labels, value: read, time }] : [],
  )
}

/** `{"labels":{…},"name":…,"timestamp":"…Z","value":"…"}`: the value is a string. */
function adapter(value: Json): readonly MetricRow[] | null {
  const labels = object(value, 'labels')
  const name = text(value, 'name')
  const read = text(value, 'value')
  if (labels === undefined || name === undefined || read === undefined) return null
  return [
    { metric: name, labels: strings(labels), value: Number(read), time: instant(value, 'timestamp') ?? Number.NaN },
  ]
}

function ofResource(resource: Json): readonly MetricRow[] {
  const outer = strings(attributes(array(object(resource, 'resource') ?? {}, 'attributes')))
  const scopes = (array(resource, 'scopeMetrics') ?? []).filter(isObject)
  const metrics = scopes.flatMap((scope) => (array(scope, 'metrics') ?? []).filter(isObject))
  return metrics.flatMap((metric) => ofMetric(metric, outer))
}

function ofMetric(metric: Json, outer: Readonly<Record<string, string>>): readonly MetricRow[] {
  const name = text(metric, 'name')
  const points = array(object(metric, 'gauge') ?? object(metric, 'sum') ?? {}, 'dataPoints') ?? []
  if (name === undefined) return []
  return points.filter(isObject).map((point) => ({
    metric: name,
    labels: { ...outer, ...strings(attributes(array(point, 'attributes'))) },
    value: number(point, 'asDouble') ?? Number(point.asInt ?? Number.NaN),
    time: epochMs(Number(text(point, 'timeUnixNano') ?? Number.NaN)),
  }))
}

function strings(value: Json): Readonly<Record<string, string>> {
  const all: Record<string, string> = Object.create(null)
  for (const [key, one] of Object.entries(value)) if (typeof one === 'string') all[key] = one
  return all
}
