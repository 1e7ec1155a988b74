import { memberOfPath } from '../model/file-names.ts'
import { memberOf } from './paste.ts'

/** What `tail` and `head` print above the lines of each of several files, and people above what they gathered in a loop. */
const HEADING = /^==(?:> (?<file>\S{1,255}) <==|={1,8} (?<name>\S{1,255}) ={3,10})\s*$/

/** Whether a line stands above the lines of a file or of a member. */
export function isHeading(line: string): boolean {
  return HEADING.test(line)
}

/** Whom a heading names, null where it names nobody; undefined when a line is none. */
export function headed(line: string): string | null | undefined {
  const found = HEADING.exec(line)?.groups
  const name = found?.file === undefined ? found?.name : (memberOfPath(found.file) ?? '')
  return name === undefined ? undefined : memberOf(name)
}
