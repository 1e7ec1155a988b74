import type { Level, Program, Shelf } from '../model/message.ts'
import type { Recogniser } from '../model/record.ts'
import { beforeCut, type CutMessages, cutMessages } from './cut.ts'
import { type Compiled, compileEntries, tries, typesOf } from './entries.ts'
import { withoutNote } from './note.ts'
import { type Quiet, quiet } from './quiet.ts'
import { layOut } from './trie.ts'
import { walker } from './walk.ts'

const BLANK = 32
const NEWLINE = 10
const MASK = 60
const PAUSE = new TextEncoder().encode('PAUSE: ')

/** The entries of one program, laid out; of `unknown`, those that helper programs write without a prefix. */
interface Room {
  readonly own: readonly Compiled[]
  /** Where the tries of templates begin that begin with text, and with a hole that must be searched. */
  readonly anchored: number
  readonly leading: number
  /** False when no template of `leading` can match. */
  readonly worthSearching: (bytes: Uint8Array, from: number, to: number) => boolean
  /** Entry of a line that says `PAUSE: ` and nothing else that is known; -1 without one. */
  readonly pause: number
  /** Made for the programs that they are asked of. */
  quiet: Quiet | null
  cut: CutMessages | null
}

/**
 * Compiles the messages of all shelves. What a template matches:
 * - a blank takes the whole run of blanks;
 * - a hole for anything or for a word ends at the first place where the literal after it stands (the last literal:
 *   where the line ends), `int` and `lsn` take all they can; nothing is tried twice, so that cost stays linear;
 * - white space at the end of the line is not part of it.
 * Of several entries that match, the one with most literal text wins, then the first. Templates that begin with
 * a hole for anything or a word are looked at only when no other matches.
 * A message of which only the beginning is left matches as `cut.ts` says.
 */
export function compile(shelves: readonly Shelf[]): Recogniser {
  const all = compileEntries(shelves)
  const counts = Int32Array.from(all, ({ template }) => template.holes.length)
  const namesLast = Uint8Array.from(all, ({ template: { parts, holes } }) =>
    holes.at(-1) === 'self' && !(parts.at(-1) instanceof Uint8Array) ? 1 : 0,
  )
  const { rooms, tables } = furnished(all)
  const matches = walker(tables, {
    literals: Int32Array.from(all, ({ template }) => template.literal),
    mostHoles: Math.max(1, ...counts),
  })
  const { holes } = matches
  let lastProgram: Program | 'unknown' = 'unknown'
  let lastRoom = rooms.get(lastProgram)

  /** A program without shelves has none, and nothing matches. */
  function roomOf(program: Program | 'unknown'): Room | undefined {
    if (program === lastProgram) return lastRoom
    lastProgram = program
    lastRoom = rooms.get(program)
    return lastRoom
  }

  /**
   * Matches [from, end) as one line. To look for a newline first would cost as much as the match; a match whose
   * holes hold none proves that there is none.
   */
  function attempt({ anchored, leading, worthSearching }: Room, bytes: Uint8Array, from: number, end: number): number {
    matches.begin(end)
    matches.walk(anchored, from)
    if (matches.best() < 0 && worthSearching(bytes, from, end)) matches.walk(leading, from)
    return matches.best()
  }

  /** What nobody knows may be a known message and somebody's note. */
  function beforeNote(room: Room, bytes: Uint8Array, from: number, to: number): number {
    const end = trimmed(bytes, from, withoutNote(bytes, from, to))
    return end === to || end === from ? -1 : attempt(room, bytes, from, end)
  }

  /** Whether a hole of the match holds a newline. */
  function splitsLine(entry: number, bytes: Uint8Array): boolean {
    const last = 2 * (counts[entry] as number)
    for (let at = 0; at < last; at += 2) {
      if (newlineIn(bytes, holes[at] as number, holes[at + 1] as number) >= 0) return true
    }
    return false
  }

  /** Whether a cut left but a part of the member's name: `I am pg->`. Where names are masked they stand in `<>`. */
  function namesPart(entry: number, bytes: Uint8Array): boolean {
    return namesLast[entry] === 1 && bytes[holes[2 * (counts[entry] as number) - 2] as number] !== MASK
  }

  /** What the same words are at this level. */
  const noise = all.map(({ entry }) => (entry.noiseAt === undefined ? -1 : noiseOf(all, entry.program)))
  function atLevel(entry: number, level: Level | undefined): number {
    const other = noise[entry] as number
    return other >= 0 && all[entry]?.entry.noiseAt === level ? other : entry
  }

  /** Whatever a line in maintenance mode says, it tells of that. */
  function pauseAlone({ pause }: Room, from: number, to: number): number {
    holes[0] = from
    holes[1] = to
    return pause
  }

  const recogniser: Recogniser = {
    entries: all.map(({ entry }) => entry),
    types: typesOf(shelves),
    holes,
    paused: false,
    match(program, bytes, from, end, joined = true, level = undefined) {
      const room = roomOf(program)
      const start = skipPause(bytes, from, end)
      recogniser.paused = start > from
      if (room === undefined) return -1
      matches.look(bytes)
      let to = trimmed(bytes, start, end)
      let best = attempt(room, bytes, start, to)
      if (joined && matches.asked() && (best < 0 || splitsLine(best, bytes))) {
        const newline = newlineIn(bytes, start, to)
        if (newline >= 0) {
          to = trimmed(bytes, start, newline)
          best = attempt(room, bytes, start, to)
        }
      }
      if (best >= 0 && namesPart(best, bytes) && beforeCut(bytes, to) < to) best = -1
      else if (best < 0 && program === 'patroni') best = beforeNote(room, bytes, start, to)
      if (best >= 0) return atLevel(best, level)
      best = cutShort(room, program, bytes, start, to)
      return best < 0 && start > from ? pauseAlone(room, start, to) : best
    },
    isNoise(program, bytes, from, end, seen) {
      const room = roomOf(program)
      if (room === undefined) return false
      matches.look(bytes, seen)
      const view = matches.view()
      return view !== null && quietOf(room).begins(view, bytes, from, end)
    },
  }
  return recogniser
}

/** The rooms of all programs, and the tables that their tries are laid out in. */
function furnished(all: readonly Compiled[]) {
  const owners = new Map<Program | 'unknown', Compiled[]>([['unknown', all.filter(({ entry }) => entry.bare === true)]])
  for (const each of all) {
    const of = owners.get(each.entry.program)
    if (of === undefined) owners.set(each.entry.program, [each])
    else of.push(each)
  }
  const pairs = [...owners.values()].map(tries)
  const { tables, starts } = layOut(pairs.flatMap(({ anchored, leading }) => [anchored, leading]))
  const rooms = new Map<Program | 'unknown', Room>()
  for (const [at, [program, own]] of [...owners].entries()) {
    const [anchored, leading] = [starts[2 * at] as number, starts[2 * at + 1] as number]
    const { worthSearching } = pairs[at] as (typeof pairs)[number]
    const pause = own.find(({ entry }) => entry.type === 'pause.seen')?.entry.id ?? -1
    rooms.set(program, { own, anchored, leading, worthSearching, pause, quiet: null, cut: null })
  }
  return { rooms, tables }
}

function quietOf(room: Room): Quiet {
  room.quiet ??= quiet(room.own.map(({ entry, template }) => ({ template, noise: entry.type === 'noise' })))
  return room.quiet
}

/** The entry of a message whose end was cut off: it has no holes. Bare lines are too many and too free for that. */
function cutShort(room: Room, program: Program | 'unknown', bytes: Uint8Array, from: number, to: number): number {
  if (program === 'unknown') return -1
  room.cut ??= cutMessages(
    room.own.map(({ entry, template }) => ({ template, meaning: meaningOf(entry), id: entry.id })),
  )
  return room.cut(bytes, from, to)
}

/** The entry of a program that stands for its noise: one without holes. */
function noiseOf(all: readonly Compiled[], program: Program): number {
  const found = all.find(({ entry }) => entry.program === program && entry.type === 'noise' && entry.holes.length === 0)
  return found?.entry.id ?? -1
}

function meaningOf({ type, params }: Compiled['entry']): string {
  return `${type} ${JSON.stringify(params)}`
}

function skipPause(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] !== PAUSE[0] || to - from < PAUSE.length) return from
  for (let at = 1; at < PAUSE.length; at++) if (bytes[from + at] !== PAUSE[at]) return from
  return from + PAUSE.length
}

function trimmed(bytes: Uint8Array, from: number, to: number): number {
  let end = to
  while (end > from && (bytes[end - 1] as number) <= BLANK) end--
  return end
}

function newlineIn(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === NEWLINE) return at
  return -1
}
