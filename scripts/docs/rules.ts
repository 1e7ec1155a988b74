import { formatDuration, formatSize } from '../../src/config/quantity.ts'
import type { Param, RuleMeta } from '../../src/model/rule.ts'
import { code, GENERATED, list, page, table } from './markdown.ts'

/** docs/rules.md: an overview, then what each rule says of itself. */
export function rulesPage(rules: readonly RuleMeta[]): string {
  const overview = rules.map(({ id, severity, summary }) => [`[${id}](#${id})`, severity, summary])
  return page([
    GENERATED,
    '# Rules',
    'A rule is a picture of a cluster that is wrong. It says `fire`, `clear` with its proof, or nothing: what is not known neither starts nor ends an alert.',
    table(['rule', 'severity', 'what is wrong'], overview),
    ...rules.map(rule),
  ])
}

function rule(meta: RuleMeta): string {
  const params = Object.entries(meta.params).map(([name, param]) => [code(name), written(param), param.means])
  return page([
    `## ${meta.id}`,
    `${meta.summary}. Severity ${meta.severity}; judges ${meta.scope === 'member' ? 'each member' : 'the cluster'}${holds(meta)}.`,
    table(
      ['', ''],
      [
        ['fires', meta.fires],
        ['ends', meta.ends],
        ['silent', meta.silent],
        ...row('needs', meta.needs.join('; ')),
        ...row('muted by', meta.mutedBy.join(', ')),
        ...row('mutes', meta.inhibits.join(', ')),
      ],
    ),
    params.length > 0 ? table(['parameter', 'default', 'meaning'], params) : '',
    section('Blind spots', list(meta.blindSpots)),
    section('Known false alarms', list(meta.falseAlarms)),
    section('Check first', meta.remedy.length > 0 ? `\`\`\`sh\n${meta.remedy.join('\n')}\n\`\`\`` : ''),
  ]).trimEnd()
}

/** A rule whose verdicts say themselves how long they have to hold tells of that in `fires`. */
function holds(meta: RuleMeta): string {
  return meta.for === 0 ? '' : `; must hold for ${formatDuration(meta.for)}`
}

function row(name: string, text: string): string[][] {
  return text === '' ? [] : [[name, text]]
}

function section(title: string, text: string): string {
  return text === '' ? '' : `**${title}**\n\n${text}`
}

/** A default as it would be written in the configuration. */
export function written({ unit, default: value }: Param): string {
  if (unit === 'duration') return formatDuration(value)
  return unit === 'size' ? formatSize(value) : String(value)
}
