import type { Rule } from '../model/rule.ts'
import { blindRules, blindTexts, type Input } from './needs.ts'
import type { TopicReport } from './report.ts'

/** What never came of a cluster, and the rules that say nothing without it. */
export interface ClusterBlindness {
  readonly cluster: string
  /** `no readings: wal-backlog, …`: rules that none of its members can trigger. */
  readonly rules: readonly string[]
  /** `no PostgreSQL line of orders-1`: what is missing of some members. */
  readonly members: readonly string[]
}

type Seen = Map<string, Map<string, Set<Input>>>

/** `polled`: readings are polled besides, of whatever clusters. */
export function blindness(
  reports: readonly TopicReport[],
  rules: readonly Pick<Rule, 'meta'>[],
  polled: boolean,
): readonly ClusterBlindness[] {
  const seen = joined(reports)
  // What nobody is known for counts for itself only where nothing else came.
  const clusters = [...seen]
    .filter(([cluster]) => cluster !== '' || seen.size === 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return clusters.map(([cluster, members]) => {
    const inputs = new Set([...members.values()].flatMap((of) => [...of]))
    if (polled) inputs.add('samples')
    return {
      cluster: cluster === '' ? '(no cluster)' : cluster,
      rules: blindTexts(blindRules(rules, inputs)),
      members: missing(members, inputs),
    }
  })
}

/** What all topics together brought. A topic of metrics may name but the scope of a cluster. */
function joined(reports: readonly TopicReport[]): Seen {
  const seen: Seen = new Map()
  const full = new Set(reports.flatMap((report) => [...report.seen.keys()]))
  for (const report of reports)
    for (const [cluster, members] of report.seen) {
      const of = [...full].filter((name) => name.endsWith(`/${cluster}`))
      const known = of.length === 1 ? (of[0] as string) : cluster
      for (const [member, inputs] of members) note(seen, known, member, inputs)
    }
  return seen
}

function note(seen: Seen, cluster: string, member: string, inputs: ReadonlySet<Input>): void {
  const members = seen.get(cluster) ?? new Map<string, Set<Input>>()
  seen.set(cluster, members)
  members.set(member, new Set([...(members.get(member) ?? []), ...inputs]))
}

const LINES = [
  ['patroni', 'Patroni'],
  ['postgres', 'PostgreSQL'],
] as const

/** Members of which a kind of line did not come though it came of others. */
function missing(members: ReadonlyMap<string, ReadonlySet<Input>>, seen: ReadonlySet<Input>): readonly string[] {
  return LINES.flatMap(([input, name]) => {
    const without = [...members]
      .filter(([member, inputs]) => member !== '' && !inputs.has(input))
      .map(([member]) => member)
    return seen.has(input) && without.length > 0 ? [`no ${name} line of ${without.sort().join(', ')}`] : []
  })
}
