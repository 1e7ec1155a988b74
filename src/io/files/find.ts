import { classify, classifyText } from './classify.ts'
import { behindHole, type Extent, fileExtent, headOf } from './extent.ts'
import { identify, type Place } from './identity.ts'
import { type Identity, InputError, type InputFile, type InputHooks, NOBODY } from './input.ts'
import { packing } from './magic.ts'
import { openPipe, type Pipe } from './pipe.ts'
import { spill } from './spill.ts'
import { type Among, PEEK, readHead, type Stored, unpacked } from './stream.ts'
import { tarMembers } from './tar.ts'
import { textFile } from './text-file.ts'
import { describe, type Found, type Problem, walk } from './walk.ts'

/** Enough to unpack the first block of any packer. */
const SNIFF = 256 * 1024

/**
 * The inputs that paths lead to, in the order of the paths, names sorted within a folder. Accepts files, folders, globs
 * and `-`; plain, gzip, zstd and tar by their content. Throws an InputError with all problems.
 */
export async function findInputs(paths: readonly string[], hooks: InputHooks = {}): Promise<readonly InputFile[]> {
  const problems: Problem[] = []
  const note = hooks.onNote ?? (() => {})
  const inputs: InputFile[] = []
  const among = { inputs: 0 }
  const found = await walk(paths, problems, note)
  const useless = new Set(found.map(({ argument }) => argument))
  for (const one of found) {
    const usable = await inspect(one, hooks, note, problems, among)
    if (usable.length > 0 || one.given === null) useless.delete(one.argument)
    inputs.push(...usable)
  }
  for (const path of useless)
    problems.push({ fault: 'empty', text: `${path}: nothing readable, expected logs or captures` })
  if (problems.length > 0) throw inputError(problems)
  return inputs
}

function inputError(problems: readonly Problem[]): InputError {
  const usage = problems.find(({ fault }) => fault !== 'unreadable')
  return new InputError(
    usage?.fault ?? 'unreadable',
    problems.map(({ text }) => text),
  )
}

/** Bytes of a pipe that are held to be read again: as much as a text may have that is several logs. */
const HELD = 256 * 1024

/** What one path holds. In a folder, what cannot be used is left out with a note; what was named must be usable. */
async function inspect(
  found: Found,
  hooks: InputHooks,
  note: (text: string) => void,
  problems: Problem[],
  among: Among,
): Promise<readonly InputFile[]> {
  const at = found.stats?.isFile() ? fileExtent(found.path, found.stats.size) : openPipe(found.stats && found.path)
  // A short pipe is read as if it were a file.
  if (!('length' in at)) await at.head(HELD + 1)
  const bytes = 'length' in at ? at.length : (at.whole() ?? 0)
  const candidate: Candidate = { name: found.path, at, place: found, problem: null, bytes, among }
  try {
    return await open(candidate, { ...hooks, onNote: note })
  } catch (error) {
    const problem =
      error instanceof Unsupported
        ? { fault: 'unsupported' as const, text: error.message }
        : describe(found.path, error)
    if (found.given === null) problems.push(problem)
    else note(`${found.path}: left out, ${problem.text.slice(found.path.length + 2)}`)
    return []
  }
}

interface Candidate {
  readonly name: string
  readonly at: Extent | Pipe
  readonly place: Place
  readonly problem: string | null
  readonly bytes: number
  readonly among: Among
}

class Unsupported extends Error {}

async function open(candidate: Candidate, hooks: InputHooks): Promise<readonly InputFile[]> {
  const { name } = candidate
  const at = 'length' in candidate.at ? await behindHole(candidate.at) : candidate.at
  const raw = 'length' in at ? await headOf(at, SNIFF) : await at.head(PEEK)
  const packed = packing(raw)
  if (typeof packed === 'object') {
    throw new Unsupported(`${name}: packed with ${packed.unsupported}, expected plain text, gzip, zstd or tar`)
  }
  if (packed === 'tar')
    return openArchive(
      candidate,
      { at, packing: 'plain', encoding: 'bytes', line: 1, problem: null, among: candidate.among },
      hooks,
    )
  const { text: head, encoding } = await readHead(raw, packed)
  const stored: Stored = { at, packing: packed, encoding, line: 1, problem: candidate.problem, among: candidate.among }
  if (packed !== 'plain' && packing(head) === 'tar') return openArchive(candidate, stored, hooks)
  return openText(candidate, stored, head, hooks)
}

/** A tar is read from its places; one that is packed or comes by a pipe is first unpacked to disk. */
async function openArchive(candidate: Candidate, stored: Stored, hooks: InputHooks): Promise<readonly InputFile[]> {
  const report = { problem: stored.problem }
  const seekable = 'length' in stored.at && stored.packing === 'plain'
  const archive = seekable ? (stored.at as Extent) : (await spill(unpacked(stored, report))).extent
  const inputs: InputFile[] = []
  for await (const { name, extent, problem } of tarMembers(archive, report)) {
    if (/(^|\/)(\._|PaxHeader)/.test(name)) continue
    const inner: Candidate = {
      name: `${candidate.name}:${name}`,
      at: extent,
      place: { path: name, given: 0 },
      problem: problem === null ? null : (report.problem ?? problem),
      bytes: extent.length,
      among: candidate.among,
    }
    const opened = await openMember(inner, hooks)
    // One that is read says it itself.
    if (opened.length === 0) report.problem ??= problem
    inputs.push(...opened.map((input) => ofArchive(input, candidate.place)))
  }
  if (report.problem !== null) hooks.onNote?.(`${candidate.name}: ${report.problem}`)
  return inputs
}

async function openMember(member: Candidate, hooks: InputHooks): Promise<readonly InputFile[]> {
  try {
    return await open(member, hooks)
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    hooks.onNote?.(`${member.name}: left out, ${error.message.slice(member.name.length + 2)}`)
    return []
  }
}

/** `acid-orders-0.tar.gz` with a `patroni.log` in it: the archive names the member. */
function ofArchive(input: InputFile, archive: Place): InputFile {
  return input.identity.member === null ? { ...input, identity: identify(archive) } : input
}

function openText(candidate: Candidate, stored: Stored, head: Uint8Array, hooks: InputHooks): readonly InputFile[] {
  const explicit = candidate.place.given === null
  const type = explicit ? classifyText(head) : classify(candidate.name, head)
  if (typeof type === 'object' && !explicit) {
    hooks.onNote?.(`${candidate.name}: left out, ${type.skip}`)
    return []
  }
  const identity: Identity = candidate.name === 'stdin' ? NOBODY : identify(candidate.place)
  const kind = type === 'capture' ? 'capture' : 'log'
  return [textFile({ name: candidate.name, bytes: candidate.bytes, kind, identity }, stored, hooks)]
}
