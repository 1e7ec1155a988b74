import type { InputFile, InputSequence } from './input.ts'
import { rotationNumber, rotationOf } from './names.ts'
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

/** Puts each file behind the first chain that ended before it began. */
function chains(group: readonly Probed[]): readonly Probed[][] {
  const chains: Probed[][] = []
  for (const one of inOrder(group)) {
    const chain = chains.find((chain) => follows(chain.at(-1) as Probed, one))
    if (chain === undefined) chains.push([one])
    else chain.push(one)
  }
  return chains
}

/** By first stamp; where no file has one, by the numbers or dates in their names. */
function inOrder(group: readonly Probed[]): readonly Probed[] {
  return [...group].sort((a, b) => {
    const [from, to] = [a.ends.first, b.ends.first]
    if (from !== null && to !== null && from !== to) return from - to
    return byRotation(fileName(a.file.name), fileName(b.file.name))
  })
}

/** `patroni.log.2`, `patroni.log.1`, `patroni.log`; dated names sort by their dates. */
function byRotation(a: string, b: string): number {
  return rotationNumber(b) - rotationNumber(a) || byName(a, b)
}

function follows(before: Probed, after: Probed): boolean {
  if (before.file.bytes === 0 || after.file.bytes === 0) return true
  const { last, first } = before.ends
  const start = after.ends.first
  // Without stamps on both sides only the names speak.
  if (first === null && start === null) return true
  if (first === null || start === null) return false
  return last === null || start >= last - OUT_OF_ORDER
}

function sequence(chain: readonly Probed[]): InputSequence {
  const first = chain[0] as Probed
  return {
    identity: first.file.identity,
    files: chain.map(({ file }) => file),
    from: chain.find(({ ends }) => ends.first !== null)?.ends.first ?? null,
    to: chain.findLast(({ file }) => file.bytes > 0)?.ends.last ?? null,
  }
}
