import { labelled } from '../report/layout.ts'
import { plain } from '../report/plain.ts'
import type { ClusterBlindness } from './blind.ts'
import type { Counted, TopicReport } from './report.ts'
import { nameOf } from './voices.ts'

/** A report on a topic as a person reads it. */
export function topicText(report: TopicReport): string {
  const { topic, kind, read, findings } = report
  const what = kind === 'metrics' ? 'readings' : 'lines'
  return [
    `${plain(topic)}: ${what}; the newest ${read} of ${whole(report)}\n`,
    report.shippers.length === 0 ? '' : row('shipper', counted(report.shippers)),
    read === 0 ? '' : row('identity', identity(report)),
    read === 0 ? '' : row('understood', understood(report)),
    ...report.unrecognised.map(({ name, count, samples }) =>
      row('unrecognised', `${count} of ${name}${such(samples)}`),
    ),
    ...report.rejected.map(({ name, count, samples }) => row('rejected', `${count}: ${plain(name)}${such(samples)}`)),
    ...findings.map((finding) => row('!', plain(finding))),
    '\n',
  ].join('')
}

function whole({ file, held, partitions }: TopicReport): string {
  return file ? `${held} lines` : `${held} records in ${partitions} partition${partitions === 1 ? '' : 's'}`
}

/** What never came of each cluster. */
export function blindText(clusters: readonly ClusterBlindness[]): string {
  return clusters
    .map(({ cluster, rules, members }) => {
      const nothing = rules.length + members.length === 0
      const head = `${plain(cluster)}: ${nothing ? 'every rule has its inputs' : 'rule-blind in what was read'}\n`
      return [head, ...members.map((text) => row('!', plain(text))), ...rules.map((text) => row('!', text))].join('')
    })
    .join('')
}

function row(label: string, text: string): string {
  return labelled(label.padEnd(14), text, 2)
}

function counted(all: readonly Counted[]): string {
  return all.map(({ name, count }) => `${name} ${count}`).join(', ')
}

const WRITERS = 4

function identity({ identity: { total, withCluster, withMember, writers }, kind }: TopicReport): string {
  if (total === 0) return 'nobody: nothing in it has a time of its own'
  const shown = writers
    .slice(0, WRITERS)
    .map(
      (writer) =>
        `${plain(nameOf(writer))} ${writer.count} (${writer.basis === 'none' ? 'nothing names it' : writer.basis})`,
    )
  const rest = writers.length > WRITERS ? `, and ${writers.length - WRITERS} others` : ''
  const what = kind === 'metrics' ? 'readings' : 'lines'
  return `${share(withCluster, total)} of ${total} ${what} with cluster, ${share(withMember, total)} with member: ${shown.join(', ')}${rest}`
}

function understood({ understood: counts }: TopicReport): string {
  const { rejected = 0, unrecognised = 0, empty: _, ...used } = counts
  const known = Object.values(used).reduce((sum, count) => sum + count, 0)
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
  return `${share(known, known + rejected + unrecognised)}: ${parts.map(([name, count]) => `${count} ${name}`).join(', ') || 'nothing'}`
}

/** Percent, never rounded up to all or down to nothing. */
export function share(part: number, whole: number): string {
  if (part === whole) return '100 %'
  if (part === 0) return '0 %'
  return `${Math.min(99, Math.max(1, Math.round((100 * part) / whole)))} %`
}

function such(samples: readonly string[]): string {
  return samples.map((sample, index) => `${index === 0 ? ', such as' : '; '} ${plain(sample).slice(0, 120)}`).join('')
}
