import type { Cluster, Member, MemberKind } from '../model/state.ts'
import { type ClusterDefaults, newCluster, newMember } from './state.ts'

/** Who is known: clusters, and their members by name. */
export interface Roster {
  readonly clusters: ReadonlyMap<string, Cluster>
  cluster(name: string): Cluster
  /** A member as outsiders name it: it joins its cluster when its first line or reading has its turn, not when it arrives. */
  named(cluster: Cluster, name: string): Member
  /** A member as facets name it: it joins at once. */
  member(cluster: Cluster, name: string): Member
  /** Its first line or reading has its turn. */
  join(member: Member): void
  /** The cluster of this name; else that of the member of this full name, `cluster/member`. */
  find(name: string): Found | undefined
  /** Members that were named and have not had their turn yet: cluster and name. */
  announced(): readonly (readonly [cluster: string, member: string])[]
  /** Takes in a cluster out of a snapshot. */
  restore(cluster: Cluster): void
}

interface Found {
  readonly cluster: Cluster
  /** Null for the whole cluster. */
  readonly member: string | null
}

/** `met` is told of each cluster when it is first named, or restored. */
export function roster(
  defaultsOf: (cluster: string) => ClusterDefaults | undefined,
  met: (cluster: Cluster) => void,
): Roster {
  const clusters = new Map<string, Cluster>()
  /** Members named by what waits for its turn. */
  const announced = new Map<Cluster, Map<string, Member>>()

  function add(cluster: Cluster): Cluster {
    clusters.set(cluster.name, cluster)
    met(cluster)
    return cluster
  }

  function named(cluster: Cluster, name: string): Member {
    return cluster.members.get(name) ?? announced.get(cluster)?.get(name) ?? announce(cluster, name)
  }

  function announce(cluster: Cluster, name: string): Member {
    const kind: Partial<MemberKind> | undefined = defaultsOf(cluster.name)?.members[name]
    const member = newMember(cluster, name, kind)
    const waiting = announced.get(cluster)
    if (waiting === undefined) announced.set(cluster, new Map([[name, member]]))
    else waiting.set(name, member)
    return member
  }

  function join(member: Member): void {
    if (announced.size === 0) return
    const waiting = announced.get(member.cluster)
    if (waiting?.delete(member.name) !== true) return
    if (waiting.size === 0) announced.delete(member.cluster)
    member.cluster.members.set(member.name, member)
  }

  return {
    clusters,
    cluster: (name) => clusters.get(name) ?? add(newCluster(name, defaultsOf(name))),
    named,
    member(cluster, name) {
      const member = named(cluster, name)
      join(member)
      return member
    },
    join,
    find(name) {
      // Names of clusters have slashes too: the last part is a member where the whole is no cluster.
      const whole = clusters.get(name)
      if (whole !== undefined) return { cluster: whole, member: null }
      const slash = name.lastIndexOf('/')
      const cluster = slash < 0 ? undefined : clusters.get(name.slice(0, slash))
      return cluster === undefined ? undefined : { cluster, member: name.slice(slash + 1) }
    },
    announced: () =>
      [...announced].flatMap(([{ name }, members]) => [...members.keys()].map((member) => [name, member] as const)),
    restore: add,
  }
}
