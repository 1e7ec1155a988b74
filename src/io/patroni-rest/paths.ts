/** What is read of a member. Nothing here changes anything: Patroni asks for credentials only where something is changed. */
export type RestPath = '/patroni' | '/metrics' | '/cluster' | '/config'

/** How often each path is read, in rounds, and in which of them: the members take turns with what is the same for all. */
const EVERY: readonly (readonly [RestPath, number])[] = [
  ['/patroni', 1],
  ['/metrics', 3],
  ['/cluster', 3],
  ['/config', 30],
]

/** Paths due in a round of the member with this number. The first round reads all. */
export function pathsDue(round: number, member: number): readonly RestPath[] {
  return EVERY.flatMap(([path, every]) => (round === 0 || (round + member) % every === 0 ? [path] : []))
}
