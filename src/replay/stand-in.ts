import type { InputSequence } from '../io/files/input.ts'
import type { Known } from './identity.ts'

/**
 * Gives a member to logs that name none, or their lines would tell nothing: the member whose logs lie in the same folder,
 * if it is but one; else one that is called as the file is.
 */
export function standIn(homes: ReadonlyMap<InputSequence, Known>): void {
  const nobodys = [...homes].filter(([, known]) => known.member === null && !known.several)
  const taken = new Set<string>()
  for (const [sequence, known] of nobodys) {
    const neighbours = membersBeside(folderOf(sequence), homes)
    if (neighbours.length === 1) {
      known.member = neighbours[0] as string
      known.basis = 'the logs beside it'
      continue
    }
    known.member = freeName(sequence, taken)
    known.basis = 'none, called as its file is'
    taken.add(known.member)
  }
}

function membersBeside(folder: string, homes: ReadonlyMap<InputSequence, Known>): readonly string[] {
  const members = [...homes]
    .filter(([sequence, { basis }]) => folderOf(sequence) === folder && !basis.startsWith('none'))
    .flatMap(([, { member }]) => member ?? [])
  return [...new Set(members)]
}

function freeName(sequence: InputSequence, taken: ReadonlySet<string>): string {
  const path = sequence.files[0]?.name ?? ''
  const short = (path.split('/').at(-1) as string).replace(/\.(?:log|txt|csv|json|out|gz|zst)$/g, '')
  return short === '' || taken.has(short) ? path : short
}

function folderOf(sequence: InputSequence): string {
  return (sequence.files[0]?.name ?? '').replace(/[^/]*$/, '')
}
