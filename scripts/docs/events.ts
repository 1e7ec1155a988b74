import type { Message, Program, Shelf } from '../../src/model/message.ts'
import { code, GENERATED, page, table } from './markdown.ts'

type Known = Message & { readonly program: Program }

/** docs/events.md: each event type with the messages that mean it. What is mere noise is only counted. */
export function eventsPage(shelves: readonly Shelf[]): string {
  const byType = new Map<string, Known[]>()
  for (const { program, messages } of shelves) {
    for (const message of messages) {
      const known = byType.get(message.type) ?? []
      byType.set(message.type, known)
      known.push({ ...message, program })
    }
  }
  const noise = byType.get('noise')?.length ?? 0
  byType.delete('noise')
  const types = [...byType].sort(([a], [b]) => (a < b ? -1 : 1))
  return page([
    GENERATED,
    '# Events',
    `What a log line can mean, and the wordings that mean it: \`{name}\` is a hole whose text becomes a parameter. ${noise} more wordings are known as noise. PostgreSQL’s most telling messages are known in the languages of \`parsers/postgres/translated\` too.`,
    ...types.map(([type, messages]) => `## ${type}\n\n${wordings(messages)}`),
  ])
}

function wordings(messages: readonly Known[]): string {
  const rows = messages.map((message) => [message.program, code(message.text), releases(message), message.means])
  return table(['program', 'wording', 'releases', 'proves'], rows)
}

function releases({ since, until }: Message): string {
  if (until === undefined) return since === undefined ? '' : `from ${since}`
  return since === undefined ? `to ${until}` : `${since} to ${until}`
}
