/** Names of files, taken apart: what is the program's or the rotation's, and what may name somebody. */

/** Folders that say nothing about who wrote the files in them. */
const NOBODYS = new Set(
  `log logs var patroni postgresql postgres pg_log pg_logs pg_wal tmp temp home users root opt srv mnt media data pgdata
  pgroot pgsql lib run usr private files pods containers spool downloads desktop documents archive archived rotated old
  samples metrics captures gitlab namespaces database previous current before after`.split(/\s+/),
)

/** Programs and other words that files are named after when they are not named after their member. */
const PROGRAMS = new Set(
  `patroni postgresql postgres pg postgresql.conf pgqd spilo server log logs stdout stderr output console out err
  messages syslog daemon system journal journalctl kern auth pgbouncer haproxy etcd keepalived kubectl stern docker
  kafka topic dump export all merged combined json stream rest metrics cluster bootstrap operator postgres-operator
  current main pg_log previous default container input test sample`.split(/\s+/),
)

const ENDINGS = /\.(log|csv|json|jsonl|ndjson|txt|out|err|gz|zst|zstd|tgz|tar|old|bak|orig|pg|\d{1,4})$/i
const DATES = /[-._](\d{8}([-_T]?\d{2,6}Z?)?|\d{4}-\d\d-\d\d([-_T]\d\d([-:.]?\d\d){0,2}Z?)?|1\d{9})$/
const RINGS = /^(postgresql|postgres)[-._](\d|mon|tue|wed|thu|fri|sat|sun)[-._\w]*$/i

/** A host named after its address, as clouds do: `ip-10-0-3-17`. Its last number counts nothing. */
const ADDRESS = /(?:^|[^\d])(?:\d{1,3}-){3}\d{1,3}$/

/** Hosts that are numbered: `<name>-<number>`. Gives the name, or null. */
export function hostSet(host: string): string | null {
  return ADDRESS.test(host) ? null : (/^(.+)-\d+$/.exec(host)?.[1] ?? null)
}

/** Pod of a StatefulSet: `<name>-<ordinal>`. Gives the name, or null. */
export function podSet(member: string): string | null {
  return ADDRESS.test(member) ? null : (/^(.+)-(0|[1-9]\d{0,3})$/.exec(member)?.[1] ?? null)
}

/** Whether a folder of this name may be the name of a cluster or a member. */
export function mayName(folder: string): boolean {
  return !NOBODYS.has(folder.toLowerCase()) && !/^\d+$/.test(folder) && !/^\d{4}-\d\d-\d\d/.test(folder)
}

/** The file's name without the endings of formats, packers and rotations: `pg-0.log-20260101.gz` → `pg-0`. */
export function stem(file: string): string {
  let name = file
  for (;;) {
    const shorter = name.replace(ENDINGS, '').replace(DATES, '')
    if (shorter === name || shorter === '') return name
    name = shorter
  }
}

/** The member that a file is named after: `pg-0.log` → `pg-0`; null for `patroni.log`, `postgresql-7.csv`, `0.log`. */
export function memberOf(file: string): string | null {
  let name = stem(file)
  // `<member>.<program>.log`
  for (let dot = name.lastIndexOf('.'); dot > 0 && isGeneric(name.slice(dot + 1)); dot = name.lastIndexOf('.'))
    name = stem(name.slice(0, dot))
  return isGeneric(name) ? null : name
}

/**
 * The member that a file is of, whose path stands above its lines or in front of each: `pg-1/patroni.log`, `pg-1.log` → `pg-1`;
 * null for `/var/log/postgresql/postgresql-17-main.log`.
 */
export function memberOfPath(path: string): string | null {
  const parts = path.replace(HOMES, '').split('/')
  const named = memberOf(parts.at(-1) as string)
  const folder = parts.slice(0, -1).findLast((part) => part !== '' && mayName(part) && !isGeneric(part)) ?? null
  return named !== null && /\d$/.test(named) ? named : (folder ?? named)
}

/** Scratch folders and people's homes have arbitrary names. */
const HOMES = /^.*\/(?:tmp|temp|home|users)\/[^/]*\//i

function isGeneric(name: string): boolean {
  return PROGRAMS.has(name.toLowerCase()) || RINGS.test(name) || /^[\d\-_:.T]*$/.test(name)
}

/**
 * What the files of one rotation have in common: `patroni.log.2.gz` → `patroni`; the ring `postgresql-3.csv` →
 * `postgresql-#.csv`.
 */
export function rotationOf(file: string): string {
  const unpacked = file.replace(/\.(gz|zst|zstd)$/i, '')
  const ending = /\.(csv|json|jsonl)(?=$|[.-])/i.exec(unpacked)?.[0] ?? ''
  const name = stem(unpacked)
  const base = RINGS.test(name) ? name.replace(/[-._].*$/, '-#') : /^[\d\-_:.T]+$/.test(name) ? '#' : name
  return `${base}${ending.toLowerCase()}`
}

/** The number a rotation gave a file: the higher, the older; 0 for the file still written to. */
export function rotationNumber(file: string): number {
  const unpacked = file.replace(/\.(gz|zst|zstd)$/i, '')
  return Number(/\.(\d{1,4})$/.exec(unpacked)?.[1] ?? 0)
}
