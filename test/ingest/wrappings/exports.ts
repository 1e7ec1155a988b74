import { CLUSTER } from './story.ts'
import { interleaved, iso, type Wrapping } from './wrappers.ts'

/** A line of some member; its time is epoch ms. */
interface Line {
  readonly member: string
  readonly time: number
  readonly line: string
}

type Row = (line: Line, at: number) => unknown

const json = JSON.stringify
const LABELS = { 'cluster-name': CLUSTER, application: 'spilo' }

/** A row for each line of all members, in the order of their times. */
function rows(lines: Parameters<Wrapping>[0], row: Row): readonly unknown[] {
  const all: unknown[] = []
  interleaved((line, at) => {
    all.push(row(line, at))
    return []
  })(lines)
  return all
}

const lines = (row: Row): Wrapping => interleaved((line, at) => json(row(line, at)))
const document =
  (row: Row, around: (rows: readonly unknown[]) => unknown = (all) => all, indent = 0): Wrapping =>
  (all) => ({ 'export.json': `${JSON.stringify(around(rows(all, row)), null, indent)}\n` })
const newestFirst = (all: readonly unknown[]): readonly unknown[] => all.toReversed()

const google: Row = ({ line, member, time }, at) => ({
  insertId: `i${at}`,
  labels: { 'compute.googleapis.com/resource_name': 'node-1', 'k8s-pod/cluster-name': CLUSTER },
  resource: { type: 'k8s_container', labels: { cluster_name: 'gke', namespace_name: 'db', pod_name: member } },
  severity: 'INFO',
  textPayload: line,
  timestamp: `${iso(time)}123456Z`,
})
const googleJson: Row = (line, at) => {
  const { textPayload, ...around } = google(line, at) as Record<string, unknown>
  return { ...around, jsonPayload: { message: textPayload } }
}
const elastic: Row = ({ line, member, time }, at) => ({
  _id: `${at}`,
  _source: {
    '@timestamp': `${iso(time)}Z`,
    log: line,
    kubernetes: { pod_name: member, namespace_name: 'db', labels: LABELS },
  },
  sort: [time],
})
const elasticFields: Row = ({ line, member, time }) => ({
  fields: { '@timestamp': [`${iso(time)}Z`], 'kubernetes.pod_name': [member], message: [line] },
})
const cloudWatch: Row = ({ line, member, time }, at) => ({
  logStreamName: `orders/${member}`,
  timestamp: time,
  message: line,
  eventId: `${at}`,
})
const insights: Row = ({ line, member, time }) => [
  { field: '@timestamp', value: iso(time).replace('T', ' ') },
  { field: '@message', value: line },
  { field: '@logStream', value: `kube.var.log.containers.${member}_db_postgres-0a1b.log` },
]
const datadog: Row = ({ line, member, time }) => ({
  type: 'log',
  attributes: {
    host: 'node-1',
    message: line,
    status: 'info',
    timestamp: `${iso(time)}Z`,
    tags: [`pod_name:${member}`, 'kube_namespace:db', `cluster-name:${CLUSTER}`],
  },
})
const graylog: Row = ({ line, member, time }) => ({
  index: 'graylog_0',
  message: { message: line, source: member, timestamp: `${iso(time)}Z` },
})
const logcli: Row = ({ line, member, time }) => ({
  labels: { namespace: 'db', pod: member },
  line,
  timestamp: `${iso(time)}123456Z`,
})
const azure: Row = ({ line, member, time }) => ({
  TimeGenerated: `${iso(time)}Z`,
  Computer: 'node-1',
  PodName: member,
  PodNamespace: 'db',
  LogMessage: line,
})
const splunk: Row = ({ line, member, time }) => ({ _raw: line, _time: `${iso(time)}+00:00`, host: member })
const journal: Row = ({ line, member, time }) => ({
  __REALTIME_TIMESTAMP: `${time}000`,
  MESSAGE: line.replace(/^[\d -]{11}[\d:]{8},\d{3} /, ''),
  _HOSTNAME: member,
  SYSLOG_IDENTIFIER: 'patroni',
})

/** Streams of all members one behind the other, each newest first. */
const loki: Wrapping = (lines) => {
  const all = rows(lines, (line) => line) as readonly Line[]
  const result = [...lines.keys()].map((pod) => ({
    stream: { namespace: 'db', pod },
    values: all
      .filter(({ member }) => member === pod)
      .map(({ time, line }) => [`${time}000000`, line])
      .reverse(),
  }))
  return { 'export.json': JSON.stringify({ status: 'success', data: { resultType: 'streams', result } }, null, 2) }
}

const azureTable: Wrapping = (lines) => {
  const columns = ['TimeGenerated', 'PodName', 'LogMessage'].map((name) => ({ name, type: 'string' }))
  const cells = rows(lines, ({ line, member, time }) => [`${iso(time)}Z`, member, line])
  return { 'export.json': json({ tables: [{ name: 'PrimaryResult', columns, rows: cells }] }) }
}

/** What log stores give to those who ask them for lines. */
export const EXPORTS: Readonly<Record<string, Wrapping>> = {
  'Google Cloud, lines': lines(google),
  'Google Cloud, a list over many lines, newest first': document(google, newestFirst, 2),
  'Google Cloud, lines as objects': document(googleJson),
  'objects over many lines, one behind the other': (all) => ({
    'export.json': rows(all, google)
      .map((row) => JSON.stringify(row, null, 2))
      .join('\n'),
  }),
  'Elasticsearch, hits': document(elastic, (hits) => ({
    took: 3,
    hits: { total: { value: 1 }, hits: newestFirst(hits) },
  })),
  'Elasticsearch, hits as lines': lines(elastic),
  'Elasticsearch, fields': document(elasticFields, (hits) => ({ hits: { hits } }), 2),
  'CloudWatch, events': document(cloudWatch, (events) => ({ events, searchedLogStreams: [] }), 4),
  'CloudWatch, lines': lines(cloudWatch),
  'CloudWatch Insights': document(insights, (results) => ({ results, status: 'Complete' })),
  Datadog: document(datadog, (data) => ({ data: newestFirst(data), meta: {} })),
  Graylog: document(graylog, (messages) => ({ query: '*', messages })),
  'logcli -o jsonl': lines(logcli),
  "Loki's answer of several pods": loki,
  'Azure, lines': lines(azure),
  'Azure, a table': azureTable,
  'Splunk, results as lines': lines((line, at) => ({ preview: false, result: splunk(line, at) })),
  'Splunk, results': document(splunk, (results) => ({ preview: false, results })),
  'journald, json, which alone tells the time': lines(journal),
}
