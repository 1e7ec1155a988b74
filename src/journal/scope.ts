/** Last part of a full cluster name, the scope: `ns/orders` is of scope `orders`. */
export function scopeOf(cluster: string): string {
  return cluster.slice(cluster.lastIndexOf('/') + 1)
}

/**
 * The full name for a scope that a reading gives: the one known cluster of that scope, else the scope itself; null when
 * two namespaces have it.
 */
export function clusterOfScope(scope: string, known: ReadonlySet<string>): string | null {
  if (known.has(scope)) return scope
  const of = [...known].filter((cluster) => scopeOf(cluster) === scope)
  if (of.length > 1) return null
  return of[0] ?? scope
}

/** Partition of the observations that a cluster belongs to: by its scope, so that readings that know no more find it. FNV-1a. */
export function partitionOf(cluster: string, partitions: number): number {
  const scope = scopeOf(cluster)
  let hash = 0x811c9dc5
  for (let index = 0; index < scope.length; index++) hash = Math.imul(hash ^ scope.charCodeAt(index), 0x01000193)
  return (hash >>> 0) % partitions
}
