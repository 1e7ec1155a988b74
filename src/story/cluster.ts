import { Work } from './verbs/work.ts'

/**
 * What happens to a make-believe cluster, each at a second of virtual time. Every verb changes what is true of a member and
 * writes the lines that Patroni and PostgreSQL write then; nothing else does. The verbs stand in `verbs/`, by what they are
 * about, each file upon the one before: `story`, `reading`, `replication`, `dcs`, `elections`, `lock`, `lifetimes`, `work`.
 */
export class ClusterStory extends Work {}

/** Begins a story: a healthy cluster of one primary, writing 1 MiB/s, read every 10 s. Add its replicas next. */
export function cluster(name: string, primary = 'pg-0'): ClusterStory {
  return new ClusterStory(name, primary)
}

/** The cluster most stories use: primary `pg-0`, replicas `pg-1` and `pg-2`. */
export function demo(): ClusterStory {
  return cluster('demo').replica('pg-1').replica('pg-2')
}
