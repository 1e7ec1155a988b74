import { clusterOfScope } from '../model/scope.ts'
import type { Known } from './identity.ts'

/** The clusters of a replay, by their full names. */
export interface Clusters {
  /** The cluster of what names none. */
  readonly homeless: string
  /** Full name of a cluster that the metadata of a line give. */
  named(name: string): string
  /** The cluster of a scope, or of a reading without one; null when clusters of two namespaces have that scope. */
  ofScope(scope: string | null): string | null
}

/** The one cluster of inputs that name none. */
const DEFAULT = 'default'

/** `forced` is the cluster of all, whatever the inputs say. */
export function clustersOf(inputs: readonly Pick<Known, 'cluster' | 'named'>[], forced: string | null): Clusters {
  if (forced !== null) return { homeless: forced, named: () => forced, ofScope: () => forced }
  const known = new Set(inputs.flatMap(({ cluster, named }) => (cluster === null ? [...named] : [cluster, ...named])))
  const homeless = known.size === 1 ? ([...known][0] as string) : DEFAULT
  return {
    homeless,
    named(name) {
      known.add(name)
      return name
    },
    ofScope: (scope) => (scope === null ? homeless : clusterOfScope(scope, known)),
  }
}
