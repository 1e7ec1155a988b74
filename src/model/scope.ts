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
