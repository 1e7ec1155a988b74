import { rotationNumber, rotationOf } from '../../model/file-names.ts'
import type { InputFile, InputSequence } from './input.ts'
import { byName, fileName } from './walk.ts'

/** What a first look at both ends of a file says. Times are epoch ms, null when unreadable or without a year. */
export interface Ends {
  readonly first: number | null
  readonly last: number | null
  readonly newestFirst: boolean
}

export type Probe = (head: Uint8Array, tail: Uint8Array) => Ends

interface Probed {
  readonly file: InputFile
  readonly ends: Ends
}

/** Lines of one stream are up to this much out of order, also across a rotation. */
const OUT_OF_ORDER = 15_000
const NOTHING = new Uint8Array(0)

/**
 * Joins the files that rotation cut from one log, in true order; files that overlap in time stay apart. Newest-first
 * files are turned. The order of the result is that of the files given.
 */
export async function sequences(files: readonly InputFile[], probe: Probe): Promise<InputSequence[]> {
  const result: InputSequence[] = []
  for (const group of groups(files)) {
    const probed: Probed[] = []
    for (const file of group) probed.push(await look(file, probe, group.length > 1))
    for (const chain of chains(probed)) result.push(sequence(chain))
  }
  return result
}

function groups(files: readonly InputFile[]): Iterable<InputFile[]> {
  const groups = new Map<string, InputFile[]>()
  for (const file of files) {
    const key = groupKey(file)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [file])
    else group.push(file)
  }
  return groups.values()
}

/** Files of nobody known belong together only within one folder. */
function groupKey({ name, kind, identity }: InputFile): string {
  const file = fileName(name)
  const folder = identity.member === null ? name.slice(0, name.length - file.length) : ''
  return JSON.stringify([kind, identity.cluster, identity.member, folder, rotationOf(file)])
}

async function look(file: InputFile, probe: Probe, withTail: boolean): Promise<Probed> {
  const { head, tail } = await file.peek(withTail)
  const ends = probe(head, tail ?? NOTHING)
  const known = tail !== null
  if (!ends.newestFirst) return { file, ends: { ...ends, last: known ? ends.last : null } }
  return { file: turned(file), ends: { ...ends, first: known ? ends.first : null } }
}

function turned(file: InputFile): InputFile {
  return { ...file, open: file.openReversed, openReversed: file.open }
}

/**
 * Puts each file behind the first chain that ended before it began. Files without a readable time go by their names, in
 * a chain of their own.
 */
function chains(group: readonly Probed[]): readonly Probed[][] {
  const chains: Probed[][] = []
  const dated = group.filter(({ ends }) => ends.first !== null)
  for (const one of dated.sort((a, b) => begin(a) - begin(b) || byRotation(a, b))) {
    const chain = chains.find((chain) => begin(one) >= end(chain.at(-1) as Probed) - OUT_OF_ORDER)
    if (chain === undefined) chains.push([one])
    else chain.push(one)
  }
  const undated = group.filter(({ ends }) => ends.first === null)
  return undated.length === 0 ? chains : [...chains, undated.sort(byRotation)]
}

function begin({ ends }: Probed): number {
  return ends.first as number
}

/** An end that was too costly to look at is taken to be before the next beginning. */
function end({ ends }: Probed): number {
  return ends.last ?? Number.NEGATIVE_INFINITY
}

/** `patroni.log.2`, `patroni.log.1`, `patroni.log`; dated names sort by their dates. */
function byRotation(a: Probed, b: Probed): number {
  const [left, right] = [fileName(a.file.name), fileName(b.file.name)]
  return rotationNumber(right) - rotationNumber(left) || byName(left, right)
}

function sequence(chain: readonly Probed[]): InputSequence {
  const first = chain[0] as Probed
  return {
    identity: first.file.identity,
    files: chain.map(({ file }) => file),
    from: first.ends.first,
    to: chain.at(-1)?.ends.last ?? null,
  }
}
