import { scopeOf } from '../model/scope.ts'

/** Partition of the observations that a cluster belongs to: by its scope, so that readings that know no more find it. FNV-1a. */
export function partitionOf(cluster: string, partitions: number): number {
  const scope = scopeOf(cluster)
  let hash = 0x811c9dc5
  for (let index = 0; index < scope.length; index++) hash = Math.imul(hash ^ scope.charCodeAt(index), 0x01000193)
  return (hash >>> 0) % partitions
}
