import type { Shown } from '../model/effect.ts'
import type { Summary } from '../model/summary.ts'

/** What `--only` leaves: names of clusters and of members; an empty list leaves all. */
export interface Only {
  readonly clusters: readonly string[]
  readonly members: readonly string[]
}

/** Whether an effect is left. What is said of a whole cluster is said of each of its members. */
export function isLeft({ clusters, members }: Only, { cluster, member }: Pick<Shown, 'cluster' | 'member'>): boolean {
  if (clusters.length > 0 && (cluster === null || !clusters.includes(cluster))) return false
  return members.length === 0 || member === null || members.includes(member)
}

/** The summary of what is left. What was read, and what is doubtful of it, is told of the whole input. */
export function narrowed(summary: Summary, only: Only, told: Pick<Summary, 'transitions' | 'alerts'>): Summary {
  if (only.clusters.length + only.members.length === 0) return summary
  const names = new Set(summary.members.map(({ member }) => member))
  const left = ({ cluster, subject }: Summary['open'][number]): boolean =>
    isLeft(only, { cluster, member: names.has(subject) ? subject : null })
  return {
    ...summary,
    transitions: told.transitions,
    alerts: told.alerts,
    open: summary.open.filter(left),
    members: summary.members.filter((member) => isLeft(only, member)),
  }
}

/** Names that nothing in the input has, each with those that it has: a filter that leaves nothing looks like a quiet day. */
export function unknownNames({ clusters, members }: Only, summary: Summary): string[] {
  const known = {
    cluster: new Set(summary.members.map(({ cluster }) => cluster)),
    member: new Set(summary.members.map(({ member }) => member)),
  }
  const missing = (kind: keyof typeof known, names: readonly string[]): string[] =>
    names
      .filter((name) => !known[kind].has(name))
      .map((name) => `--only ${kind}=${name}: not in the input, which has ${some([...known[kind]])}`)
  return [...missing('cluster', clusters), ...missing('member', members)]
}

const MOST = 5

function some(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  return names.length <= MOST ? names.join(', ') : `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more`
}
