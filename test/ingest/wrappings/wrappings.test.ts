import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { folder } from '../../io/folder.ts'
import { EXPORTS } from './exports.ts'
import { CLUSTER, lay, type Replayed, recorded, replay } from './story.ts'
import { bsd, each, interleaved, iso, rotated, type Wrapping, whole } from './wrappers.ts'

/** A leader killed: heartbeats, PostgreSQL's own lines, continuation lines, helper programs, a failover. */
const RUN = 'primary-killed'
const json = JSON.stringify
const csv = (text: string): string => `"${text.replaceAll('"', '""')}"`
const HOUR = 3_600_000
/** Some time in ns. */
const BEGIN = 1_795_666_598_000_000_000
/** When machines started, s. */
const BOOT = 1_795_300_000

const SAME_STORY: Readonly<Record<string, Wrapping>> = {
  CRLF: each(({ line }) => line, '\r\n'),
  'a byte order mark': whole((lines) => `\ufeff${lines.join('\n')}\n`),
  'no newline at the end': whole((lines) => lines.join('\n')),
  'ANSI colours': each(({ line }) => `\u001b[32m${line}\u001b[0m`),
  'ANSI colours, in JSON': each(({ line, time }) =>
    json({ line: `\u001b[32m${line}\u001b[0m`, timestamp: `${time}000000` }),
  ),
  'UTF-16': whole((lines) => Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf16le')),
  'log_line_prefix with epoch seconds, %n': each(({ line, time }) =>
    line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3}) UTC (?=\[)/, `${Math.floor(time / 1000)}$1 `),
  ),
  'docker json-file': each(({ line, time }) =>
    json({ log: `${line}\n`, stream: 'stdout', time: `${iso(time)}000000Z` }),
  ),
  CRI: each(({ line, time }) => `${iso(time)}000000Z stdout F ${line}`),
  'CRI in parts': each(({ line, time }) => {
    const at = `${iso(time)}123456+00:00 stdout`
    return line.length < 60
      ? `${at} F ${line}`
      : [`${at} P ${line.slice(0, 40)}`, `${at} P ${line.slice(40, 50)}`, `${at} F ${line.slice(50)}`]
  }),
  "the runtime's times": each(({ line, time }) => `${iso(time)}123456Z ${line}`),
  journald: each(({ line, member, time }) => `${bsd(time)} ${member} patroni[812]: ${line}`),
  'journald, short-iso': each(
    ({ line, member, time }) => `${iso(time).slice(0, 19)}+0000 ${member} patroni[812]: ${line}`,
  ),
  'journald, short-precise': each(({ line, member, time }) => `${bsd(time)}.123456 ${member} patroni[812]: ${line}`),
  'journald, json': each(({ line, member, time }) =>
    json({ __REALTIME_TIMESTAMP: `${time}000`, MESSAGE: line, _HOSTNAME: member, SYSLOG_IDENTIFIER: 'patroni' }),
  ),
  'RFC 3164': each(({ line, member, time }) => `<134>${bsd(time)} ${member} patroni: ${line}`),
  'RFC 5424': each(({ line, member, time }) => `<134>1 ${iso(time)}Z ${member} patroni 812 - - ${line}`),
  'RFC 5424 without a priority': interleaved(
    ({ line, member, time }) => `1 ${iso(time)}Z ${member} patroni 812 - - ${line}`,
  ),
  'RFC 5424 with structured data': each(
    ({ line, member, time }) => `<134>1 ${iso(time)}Z ${member} patroni 812 ID1 [a@1 b="c"][d@2 e="f]"] ${line}`,
  ),
  'rsyslog, escaped newlines': whole(
    (lines, member) =>
      `${stanzas(lines)
        .map((stanza) => `2026-11-22T19:16:44.123456+00:00 ${member} patroni: ${stanza.join('\\n')}`)
        .join('\n')}\n`,
  ),
  'kubectl --prefix': interleaved(({ line, member }) => `[pod/${member}/postgres] ${line}`),
  'kubectl --prefix --timestamps': interleaved(
    ({ line, member, time }) => `[pod/${member}/postgres] ${iso(time)}123456Z ${line}`,
  ),
  stern: interleaved(({ line, member }) => `${member} postgres ${line}`),
  'stern, coloured': interleaved(
    ({ line, member }) => `\u001b[36m${member}\u001b[0m \u001b[32mpostgres\u001b[0m ${line}`,
  ),
  compose: interleaved(({ line, member }) => `${member.padEnd(16)}| ${line}`),
  'Fluent Bit, dumped by kcat -J': interleaved(({ line, member, time }, at) =>
    json({
      topic: 'logs',
      partition: 0,
      offset: at,
      tstype: 'create',
      ts: time,
      broker: 1,
      key: null,
      payload: json({
        '@timestamp': time / 1000,
        stream: 'stdout',
        _p: 'F',
        log: line,
        kubernetes: { pod_name: member, namespace_name: 'db', labels: { 'cluster-name': 'acid-orders' } },
      }),
    }),
  ),
  'times that a viewer shows, of another zone': each(
    ({ line, time }) =>
      `${iso(time + 2 * HOUR)
        .slice(0, 19)
        .replace('T', ' ')} ${line}`,
  ),
  "podman's times": each(({ line, time }) => `${iso(time + 2 * HOUR)}123456+02:00 ${line}`),
  ts: each(({ line, time }) => `${bsd(time)} ${line}`),
  'journald, short-full': each(
    ({ line, member, time }) => `Sun ${iso(time).slice(0, 19).replace('T', ' ')} UTC ${member} patroni[812]: ${line}`,
  ),
  k9s: each(({ line }) => `patroni ${line}`),
  'CSV of CloudWatch': each(({ line, time }) => `${time},${csv(line)}`),
  'CSV of CloudWatch Insights': each(({ line, time }) => `${iso(time).replace('T', ' ')},${csv(line)}`),
  'text of aws logs': each(({ line, time }) => `EVENTS\t${time + 900}\t${line}\t${time}`),
  'CSV of CloudWatch, of what Fluent Bit sent there': each(({ line, member, time }) => {
    const kubernetes = { pod_name: member, namespace_name: 'db', labels: { 'cluster-name': CLUSTER } }
    return `${time},${csv(json({ log: `${line}\n`, stream: 'stdout', kubernetes }))}`
  }),
  'CSV of CloudWatch Insights, of lines of CRI': each(
    ({ line, time }) => `${iso(time).replace('T', ' ')},${csv(`${iso(time)}123456Z stdout F ${line}`)}`,
  ),
  'CSV of Grafana, of lines of journald': each(
    ({ line, member, time }, at) =>
      `${csv(json({ app: 'patroni' }))},${iso(time).replace('T', ' ')},${csv(`${bsd(time)} ${member} patroni[812]: ${line}`)},${at}`,
  ),
  'CSV of Grafana': each(
    ({ line, member, time }, at) =>
      `${csv(json({ pod: member }))},${iso(time).replace('T', ' ')},${csv(line)},${time}000000,${at}`,
  ),
  'JSON of Grafana': each(({ line, time }) => json({ line, timestamp: `${time}000000`, fields: {} })),
  logcli: each(({ line, time }) => `${iso(time).slice(0, 19)}Z {app="patroni"} ${line}`),
  "Loki's answer": whole(
    (lines, member) =>
      `${json({
        status: 'success',
        data: {
          resultType: 'streams',
          result: [
            { stream: { pod: member }, values: lines.map((line, at) => [`${BEGIN + at * 1_000_000}`, line]).reverse() },
          ],
        },
      })}\n`,
  ),
  'a list in JSON': each(({ line }) => `        ${json(line)},`),
  'a list in YAML': each(({ line }) => `    - '${line.replaceAll("'", "''")}'`),
  'a file of Fluentd': each(
    ({ line, time }) => `${iso(time).slice(0, 19)}+00:00\tkube.orders\t${json({ log: `${line}\n`, stream: 'stdout' })}`,
  ),
  'a quotation': each(({ line }) => `> ${line}`),
  'an indented block in a fence': whole(
    (lines) => `What we saw:\n\n    \`\`\`\n${lines.map((line) => `    ${line}`).join('\n')}\n    \`\`\`\n`,
  ),
  'lines numbered by cat -n': each(({ line }, at) => `${String(at + 1).padStart(6)}\t${line}`),
  'docker json-file, behind times of ts': each(
    ({ line, time }) => `${bsd(time)} ${json({ log: `${line}\n`, stream: 'stdout', time: `${iso(time)}000000Z` })}`,
  ),
  'compose, behind times of ts': interleaved(({ line, member, time }) => `${bsd(time)} ${member}-1  | ${line}`),
  'kubectl --prefix, behind times of ts': interleaved(
    ({ line, member, time }) => `${bsd(time)} [pod/${member}/postgres] ${line}`,
  ),
  'journald, short-unix': interleaved(
    ({ line, member, time }) => `${(time / 1000).toFixed(6)} ${member} patroni[812]: ${line}`,
  ),
  'journald, short-monotonic': interleaved(
    ({ line, member, time }) => `[${(time / 1000 - BOOT).toFixed(6).padStart(12)}] ${member} patroni[812]: ${line}`,
  ),
  'stern -o json': interleaved(({ line, member }) =>
    json({ message: line, nodeName: 'node-3', namespace: 'db', podName: member, containerName: 'postgres' }),
  ),
  'grep -r': interleaved(({ line, member }) => `logs/${member}/patroni.log.1:${line}`),
  'grep -rnC, with lines around': interleaved(({ line, member }, at) => {
    const mark = at % 3 === 0 ? ':' : '-'
    return `${member}.log${mark}${at + 1}${mark}${line}`
  }),
  'tail -f of several files': (lines) => {
    let above = ''
    return interleaved(({ line, member }) => {
      if (member === above) return line
      above = member
      return ['', `==> /var/log/${member}/patroni.log <==`, line]
    })(lines)
  },
  'a list in JSON, all of it': whole((lines) => `${JSON.stringify(lines, null, 2)}\n`),
  'docker service logs': interleaved(({ line, member }) => `orders_${member}.1.x7k2m9qd4w8r@node-3    | ${line}`),
  kail: interleaved(({ line, member }) => `db/${member}[postgres]: ${line}`),
  'journald alone tells the time': each(
    ({ line, member, time }) =>
      `${iso(time)}+00:00 ${member} patroni[812]: ${line.replace(/^[\d -]{11}[\d:]{8},\d{3} /, '')}`,
  ),
  'times of a viewer, no levels': each(({ line, time }) => {
    const at = iso(time).replace('T', ' @ ')
    return line.replace(/^[\d -]{11}[\d:]{8},\d{3} [A-Z]+: /, `${at}\t`)
  }),
  'ISO 8601 in place of the default': each(({ line }) =>
    line.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3}) /, '$1T$2.$3Z '),
  ),
  'one member behind the other in one report': (lines) => ({
    'acid-orders/report.txt': [...lines]
      .map(([member, own]) => `**${member}**\n\`\`\`\n${own.join('\n')}\n\`\`\`\n`)
      .join('\n'),
  }),
  'newest first': whole((lines) => `${[...lines].reverse().join('\n')}\n`),
  'each line twice': each(({ line }) => [line, line]),
  'all of it twice, in another file': (lines) => ({ ...rotated(1, false)(lines), ...rename(rotated(1, false)(lines)) }),
  rotated: rotated(4, false),
  'rotated and packed': rotated(3, true),
  "a clock of its own for PostgreSQL's lines": each(({ line }) =>
    line.replace(
      /^(\d{4}-\d\d-\d\d) (\d\d)(\S+) UTC \[/,
      (_, day, hour, rest) => `${day} ${String(Number(hour) + 1).padStart(2, '0')}${rest} CET [`,
    ),
  ),
  "no date in Patroni's lines": each(({ line }) => line.replace(/^\d{4}-\d\d-\d\d (?=\d\d:\d\d:\d\d,)/, '')),
  'cut at 132 columns': each(({ line }) => line.slice(0, 132)),
  'broken bytes, NULs, ten megabytes, other JSON between': whole((lines) => {
    const noise = [
      Buffer.from([0xff, 0xfe, 0xfc, 0x80]),
      Buffer.alloc(200),
      Buffer.alloc(10_000_000, 'x'),
      Buffer.from('{"a":'),
      Buffer.from('[]'),
    ]
    return Buffer.concat(
      lines.flatMap((line, at) => [
        ...(at % 100 === 50 ? [noise[(at / 100) | 0] ?? Buffer.from('?'), Buffer.from('\n')] : []),
        Buffer.from(`${line}\n`),
      ]),
    )
  }),
  'truncated under its writer: holes before lines': whole((lines) =>
    Buffer.concat(
      lines.flatMap((line, at) => [
        ...(at > 45 && /terminated by signal|ready to accept|[Ss]treaming|promoted/.test(line)
          ? [Buffer.alloc(1_200_000)]
          : []),
        Buffer.from(`${line}\n`),
      ]),
    ),
  ),
  'a line a day ahead': each(({ line }, at) =>
    at === 40 ? ['2026-11-23 19:20:00,000 INFO: Lock owner: nobody; I am somebody', line] : line,
  ),
}

/** Lines with those that go on. */
function stanzas(lines: readonly string[]): string[][] {
  const all: string[][] = []
  for (const line of lines)
    if (/^\s/.test(line)) all.at(-1)?.push(line)
    else all.push([line])
  return all
}

function rename(files: Readonly<Record<string, string | Uint8Array>>): Record<string, string | Uint8Array> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path.replace('patroni.log', 'copy.log'), content]),
  )
}

describe('the same lines tell the same story as', () => {
  let plain: Replayed

  before(async () => {
    const home = `${folder()}/${RUN}`
    lay(home, RUN, rotated(1, false)(recorded(RUN)))
    plain = await replay(home)
    assert(plain.story.length > 30, 'the plain files tell a story')
  })

  for (const [name, wrap] of [...Object.entries(SAME_STORY), ...Object.entries(EXPORTS)])
    it(name, async () => {
      const home = `${folder()}/${RUN}`
      lay(home, RUN, wrap(recorded(RUN)))
      const { story, summary } = await replay(home)
      const cluster = (line: string) => line.replaceAll('db/acid-orders', 'acid-orders')
      assert.deepEqual(story.map(cluster), plain.story)
      assert.deepEqual(summary.problems ?? [], [])
    })
})
