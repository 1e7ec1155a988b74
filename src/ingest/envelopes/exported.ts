import { array, isObject, type Json, object, text } from '../readings/json.ts'
import { bodyOf } from './body.ts'

/**
 * Rows of exports: log stores put objects of their own around what a shipper sent them. Elasticsearch and OpenSearch
 * (`_source`, or lists as `fields`), Google Cloud (`jsonPayload`), Datadog (`attributes`, `content`), Splunk (`result`), Sumo
 * Logic (`map`), Graylog (`message`).
 */
const HOLDERS = ['_source', 'fields', 'jsonPayload', 'attributes', 'content', 'result', 'map', 'message'] as const
/** So many lie around each other at most. */
const DEEPEST = 3

/** A row as one object, what is inside it before what stands around it; the value itself where it carries its text at the top. */
export function flat(value: Json, depth = 0): Json {
  if (depth === DEEPEST || bodyOf(value) !== null) return value
  for (const key of HOLDERS) {
    const held = object(value, key)
    const inner = held === undefined ? null : flat(key === 'fields' ? singles(held) : held, depth + 1)
    const { [key]: _, ...around } = value
    if (inner !== null && bodyOf(inner) !== null) return { ...around, ...inner }
  }
  return value
}

/** Elasticsearch gives each field that a query asks for as a list. */
function singles(fields: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, Array.isArray(value) && value.length === 1 ? value[0] : value]),
  )
}

/** A row of CloudWatch Insights, a list of fields and values, as an object; null when it is none. */
export function fieldRow(values: readonly unknown[]): Json | null {
  const fields = values.filter(isField)
  if (fields.length === 0 || fields.length < values.length) return null
  return Object.fromEntries(fields.map(({ field, value }) => [field, value]))
}

function isField(value: unknown): value is { readonly field: string; readonly value: unknown } {
  return isObject(value) && text(value, 'field') !== undefined && Object.hasOwn(value, 'value')
}

const PODS = [
  'pod_name',
  'PodName',
  'podName',
  'pod',
  'kubernetes.pod_name',
  'kubernetes.pod.name',
  'k8s.pod.name',
] as const
const SPACES = [
  'namespace_name',
  'PodNamespace',
  'namespace',
  'kube_namespace',
  'kubernetes.namespace_name',
  'kubernetes.namespace',
  'k8s.namespace.name',
] as const
/** What Google Cloud writes in front of the labels of a pod. */
const POD_LABEL = 'k8s-pod/'

/** The pod as a log store writes it, at the top of a row or among its labels and tags, in the form of a shipper's `kubernetes`. */
export function podIn(value: Json): Json | null {
  const resource = object(object(value, 'resource') ?? {}, 'labels') ?? {}
  const tags = tagsOf(value)
  for (const from of [value, resource, object(value, 'labels') ?? {}, tags]) {
    const [pod, space] = [first(from, PODS), first(from, SPACES)]
    if (pod !== undefined)
      return { pod_name: pod, namespace_name: space, labels: { ...podLabels(value), ...named(tags) } }
  }
  return null
}

function first(value: Json, keys: readonly string[]): string | undefined {
  return keys.map((key) => text(value, key)).find((found) => found !== undefined)
}

function podLabels(value: Json): Json {
  const labels = Object.entries(object(value, 'labels') ?? {}).filter(([key]) => key.startsWith(POD_LABEL))
  const azure = object(object(value, 'KubernetesMetadata') ?? {}, 'podLabels') ?? {}
  return { ...azure, ...Object.fromEntries(labels.map(([key, label]) => [key.slice(POD_LABEL.length), label])) }
}

/** Of tags, whoever made them, only what can be nothing else names a cluster. */
function named(tags: Json): Json {
  return { 'cluster-name': tags['cluster-name'] ?? tags.pod_label_cluster_name }
}

/** Datadog's tags, `name:value` in a list or behind each other. */
function tagsOf(value: Json): Json {
  const all = array(value, 'tags') ?? text(value, 'ddtags')?.split(',') ?? []
  const pairs = all
    .filter((tag) => typeof tag === 'string')
    .map((tag) => [before(tag), tag.slice(before(tag).length + 1)])
  return Object.fromEntries(pairs)
}

function before(tag: string): string {
  return tag.split(':', 1)[0] as string
}

/** Where a row says when its text was written or came, the likeliest first. */
const TIMES = [
  '_SOURCE_REALTIME_TIMESTAMP',
  '__REALTIME_TIMESTAMP',
  '@timestamp',
  'timestamp',
  'time',
  '_time',
  'TimeGenerated',
  'date',
  'ts',
  '_messagetime',
] as const

const DATE = /^\d{4}-\d\d-\d\d/
const NUMBER = /^\d{10,19}(?:\.\d+)?$/
/** Smaller numbers are none of seconds since 1970 of a log. */
const EARLIEST = 1e9

/** The time of a row as it is written: ISO 8601, or a number since 1970 in any unit. '' where it says none. */
export function timeIn(value: Json): string {
  for (const key of TIMES) {
    const found = Object.hasOwn(value, key) ? value[key] : undefined
    if (typeof found === 'number' && found >= EARLIEST) return `${found}`
    if (typeof found === 'string' && (DATE.test(found) || NUMBER.test(found))) return found
  }
  return ''
}

/** Seconds since 1970 have ten digits. */
const SECONDS = 1e11

/** A number since 1970 as epoch ms, whatever its unit; NaN when a text is none. */
export function epochOf(written: string): number {
  if (!NUMBER.test(written)) return Number.NaN
  let time = Number(written)
  if (time < SECONDS) return Math.floor(time * 1000)
  while (time >= SECONDS * 1000) time /= 1000
  return Math.floor(time)
}
