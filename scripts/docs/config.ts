import type { z } from 'zod'
import { RULE_SHAPE, shapes } from '../../src/config/schema.ts'
import { LIVE_SECTIONS, LIVE_SHAPES } from '../../src/config/sections/live.ts'
import { METRICS_SECTIONS, METRICS_SHAPES } from '../../src/config/sections/metrics.ts'
import { NOTIFY_SECTIONS, NOTIFY_SHAPES } from '../../src/config/sections/notify.ts'
import type { RuleMeta } from '../../src/model/rule.ts'
import { code, GENERATED, page, table } from './markdown.ts'
import { written } from './rules.ts'

type Shape = Readonly<Record<string, z.ZodType>>

const EXAMPLE = `\`\`\`yaml
timezone: Europe/Berlin
rules:
  wal-backlog:
    severity: critical
    for: 30s
clusters:
  shop/orders:
    ttl: 30s
    maximumLagOnFailover: 32MiB
    failsafeMode: true
    members:
      orders-2: { delayed: 1h, rules: { replica-stalled: { severity: warning } } }
    rules:
      leader-changed: { enabled: false }
\`\`\``

/** docs/config.md: what a file given by \`--config\` may say. */
export function configPage(rules: readonly RuleMeta[]): string {
  const { top, cluster, member } = shapes(rules)
  return page([
    GENERATED,
    '# Configuration',
    'A YAML file, given by `--config FILE`. Everything in it is optional. Durations have a unit (`500ms`, `30s`, `10min`, `1h30min`, `1d`), sizes too (`16MiB` is 16,777,216 bytes, `16MB` is 16,000,000). All mistakes are told at once, each with its line and column.',
    EXAMPLE,
    '## Top level',
    settings(top, {
      rules: 'Settings of rules, by rule.',
      clusters: 'What no log says of clusters, by cluster.',
      metrics: 'Where samples are fetched.',
      notify: 'Who is told of alerts, and when.',
      kafka: 'The brokers, for `patrolog live`.',
      sources: 'Topics to read, or files to follow.',
      live: 'How the service runs.',
    }),
    '## clusters.NAME',
    'Patroni’s own `/config`, where it was recorded, wins over these.',
    settings(cluster, {
      members: 'What no log says of members, by member.',
      rules: 'As above, for this cluster only.',
    }),
    '## clusters.NAME.members.NAME',
    settings(member, { rules: 'As above, for this member only: rules that judge each member.' }),
    ...sectionPages(METRICS_SHAPES, METRICS_SECTIONS),
    ...sectionPages(NOTIFY_SHAPES, NOTIFY_SECTIONS),
    ...sectionPages(LIVE_SHAPES, LIVE_SECTIONS),
    '## rules.RULE',
    settings(RULE_SHAPE, {}),
    '## rules.RULE.params',
    'What a rule does with them stands in [rules.md](rules.md).',
    table(['rule', 'parameter', 'form', 'default'], rules.flatMap(parameters)),
  ])
}

function sectionPages(shapes: Readonly<Record<string, Shape>>, sections: Readonly<Record<string, string>>): string[] {
  return Object.entries(shapes).flatMap(([title, shape]) => [`## ${title}`, settings(shape, sections)])
}

function parameters({ id, params }: RuleMeta): string[][] {
  return Object.entries(params).map(([name, param]) => [code(id), code(name), param.unit, written(param)])
}

/** Scalars describe themselves; sections are described by whoever lists them. */
function settings(shape: Shape, sections: Readonly<Record<string, string>>): string {
  const rows = Object.entries(shape).map(([name, schema]) => {
    const { description, form } = describe(schema)
    return [code(name), form ?? 'section', description ?? sections[name] ?? '']
  })
  return table(['setting', 'form', 'meaning'], rows)
}

function describe(schema: z.ZodType): { description?: string; form?: string } {
  const inner = 'unwrap' in schema ? (schema.unwrap as () => z.ZodType)() : schema
  return (inner.meta() ?? {}) as { description?: string; form?: string }
}
