import { mayName, memberOf, podSet } from '../../model/file-names.ts'
import { type Identity, NOBODY } from './input.ts'

/** How a path was found: the user named it, or it lies below a folder that the user named. */
export interface Place {
  /** Path as the user knows it, with `/`. */
  readonly path: string
  /** How many of its parts, from the start, are the folder that was given; null when the file itself was named. */
  readonly given: number | null
}

const POD_FOLDER = /^([a-z0-9][a-z0-9-]*)_([a-z0-9][a-z0-9.-]*)_([0-9a-f]{32}|[0-9a-f-]{36})$/
const CONTAINER_FILE = /^([a-z0-9][a-z0-9.-]*)_([a-z0-9][a-z0-9-]*)_[a-z0-9-]+-[0-9a-f]{64}\.log/

/** Who wrote a file, by the forms of path that Kubernetes, Spilo and people use. */
export function identify(place: Place): Identity {
  const parts = place.path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..')
  return ofKubernetes(parts) ?? ofSpiloBucket(parts) ?? ofFolders(parts, place.given)
}

function ofKubernetes(parts: readonly string[]): Identity | null {
  for (const part of parts) {
    const [, namespace, pod] = POD_FOLDER.exec(part) ?? []
    if (namespace !== undefined && pod !== undefined) return ofPod(namespace, pod)
  }
  const [, pod, namespace] = CONTAINER_FILE.exec(parts.at(-1) ?? '') ?? []
  return namespace !== undefined && pod !== undefined ? ofPod(namespace, pod) : null
}

function ofPod(namespace: string, pod: string): Identity {
  const name = podSet(pod)
  return {
    cluster: name === null ? null : `${namespace}/${name}`,
    member: pod,
    basis: name === null ? 'path' : 'pod name',
  }
}

/** `spilo/<prefix><scope>[/<suffix>]/log/[<date>/]<instance>/<date>.csv.gz`; the prefix is mostly `<namespace>-`. */
function ofSpiloBucket(parts: readonly string[]): Identity | null {
  const log = parts.lastIndexOf('log')
  const spilo = parts.lastIndexOf('spilo', log)
  const member = parts.at(-2)
  const bucket = parts[spilo + 1]
  const date = /^\d{4}-\d\d-\d\d(-\d\d)?\./.test(parts.at(-1) ?? '')
  if (spilo < 0 || log < spilo + 2 || log >= parts.length - 2 || !date || !member || !bucket) return null
  const scope = podSet(member)
  const namespace = scope !== null && bucket.endsWith(`-${scope}`) ? bucket.slice(0, -scope.length - 1) : ''
  return { cluster: namespace === '' ? bucket : `${namespace}/${scope}`, member, basis: 'path' }
}

function ofFolders(parts: readonly string[], given: number | null): Identity {
  const file = parts.at(-1) ?? ''
  const folders = (given === null ? ownFolders(parts) : parts.slice(given, -1)).filter(mayName)
  const named = memberOf(file)
  if (named !== null && fileNamesMember(named, folders, given === null)) {
    // `pg-0/pg-0.log`: the folder repeats the member.
    const cluster = folders.filter((folder) => folder !== named).at(-1) ?? null
    return withGuess(cluster, named, 'file name')
  }
  const member = folders.at(-1)
  if (member !== undefined) return withGuess(folders.at(-2) ?? null, member, 'path')
  // The folder that was given names its only member when it is named like a pod.
  const root = given === null ? undefined : parts[given - 1]
  return root !== undefined && podSet(root) !== null ? withGuess(null, root, 'path') : NOBODY
}

/** Folders on the way to a file that was named itself; scratch folders and people's homes have arbitrary names. */
function ownFolders(parts: readonly string[]): string[] {
  const scratch = parts.findLastIndex((part) => /^(tmp|temp|home|users)$/i.test(part))
  return parts.slice(scratch < 0 ? 0 : scratch + 2, -1)
}

/** Tells `<cluster>/<member>.log` from `<cluster>/<member>/<any file>`. */
function fileNamesMember(named: string, folders: readonly string[], explicit: boolean): boolean {
  if (/\d$/.test(named)) return true
  if (podSet(folders.at(-1) ?? '') !== null) return false
  return explicit || folders.length < 2
}

function withGuess(cluster: string | null, member: string, basis: Identity['basis']): Identity {
  if (cluster !== null) return { cluster, member, basis }
  const guess = podSet(member)
  return guess === null ? { cluster: null, member, basis } : { cluster: guess, member, basis: 'pod name' }
}
