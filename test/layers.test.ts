import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

/** The real linter with the real settings, over small files: who may import whom, and what pure code may not touch. */
const home = fileURLToPath(new URL('..', import.meta.url))
const ROOMS = [
  'src/model',
  'parsers/patroni',
  'rules',
  'src/facets',
  'src/ingest',
  'src/engine',
  'src/journal',
  'src/report',
  'src/notify',
]
const IMPURE = [
  'process.pid',
  'Buffer.alloc(1)',
  "console.log('')",
  'setTimeout(() => {}, 1)',
  'performance.now()',
  'globalThis.name',
  'Date.now()',
  'new Date()',
  'Math.random()',
]

/** Import written in a file, and whether the rules of its room let it pass. */
const IMPORTS: readonly (readonly [file: string, from: string, allowed: boolean])[] = [
  ['src/model/a.ts', './lsn.ts', true],
  ['src/model/a.ts', 'node:fs', false],
  ['src/model/a.ts', '../ingest/time.ts', false],
  ['src/model/a.ts', './../ingest/time.ts', false],
  ['src/model/a.ts', '../root.ts', false],
  ['parsers/patroni/a.ts', '../../src/model/message.ts', true],
  ['parsers/patroni/a.ts', '../../src/engine/engine.ts', false],
  ['parsers/patroni/a.ts', '../../rules/two-leaders.ts', false],
  ['rules/a.ts', '../src/model/rule.ts', true],
  ['rules/a.ts', '../src/engine/engine.ts', false],
  ['rules/a.ts', '../src/facets/role.ts', false],
  ['rules/a.ts', './two-leaders.ts', false],
  ['src/facets/a.ts', '../model/facet.ts', true],
  ['src/facets/a.ts', '../engine/engine.ts', false],
  ['src/facets/a.ts', './role.ts', false],
  ['src/ingest/a.ts', './names.ts', true],
  ['src/ingest/deep/a.ts', '../names.ts', true],
  ['src/ingest/deep/a.ts', '../../model/record.ts', true],
  ['src/ingest/deep/a.ts', '../../engine/engine.ts', false],
  ['src/ingest/a.ts', 'luxon', false],
  ['src/ingest/time.ts', 'luxon', true],
  ['src/ingest/time.ts', 'zod', false],
  ['src/ingest/a.ts', '../io/files.ts', false],
  ['src/engine/a.ts', '../model/rule.ts', true],
  ['src/engine/a.ts', '../facets/role.ts', false],
  ['src/engine/a.ts', '../../rules/two-leaders.ts', false],
  ['src/engine/a.ts', '../ingest/time.ts', false],
  ['src/engine/a.ts', 'luxon', false],
  ['src/journal/a.ts', '../engine/engine.ts', true],
  ['src/journal/a.ts', '../ingest/envelopes/record-reader.ts', true],
  ['src/journal/a.ts', '../live/ingest.ts', false],
  ['src/journal/a.ts', 'node:zlib', false],
  ['src/report/a.ts', 'luxon', true],
  ['src/report/a.ts', '../engine/engine.ts', false],
  ['src/report/a.ts', 'node:fs', false],
  ['src/report/html/a.ts', '../words.ts', true],
  ['src/report/html/a.ts', '../../page/span.js', false],
  ['src/page/a.js', './span.js', true],
  ['src/page/a.js', 'uplot', false],
  ['src/page/a.js', '../report/html/escape.ts', false],
  ['src/notify/a.ts', '../senders/slack.ts', false],
  ['src/notify/a.ts', '../report/mask.ts', true],
  ['src/notify/render/a.ts', '../../report/mask.ts', true],
  ['src/notify/a.ts', '../engine/engine.ts', false],
  ['src/config/a.ts', 'yaml', true],
  ['src/config/a.ts', 'node:fs', false],
  ['src/config/a.ts', '../io/files.ts', false],
  ['src/io/a.ts', 'node:fs', true],
  ['src/io/a.ts', '../root.ts', true],
  ['src/io/a.ts', '../model/message.ts', true],
  ['src/io/a.ts', '../engine/engine.ts', false],
  ['src/io/local/a.ts', '../kafka/types.ts', true],
  ['src/io/follow/a.ts', '../local/entries.ts', true],
  ['src/io/follow/a.ts', '../../model/line-offset.ts', true],
  ['src/io/follow/a.ts', '../../ingest/reader.ts', false],
  ['src/io/local/a.ts', '../../live/ingest.ts', false],
  ['src/senders/a.ts', '../notify/decide.ts', false],
  ['src/commands/a.ts', '../engine/engine.ts', true],
]

interface Finding {
  readonly category: string
  readonly severity: string
  readonly location: { readonly path: string; readonly start: { readonly line: number } }
}

let folder: string
let findings: readonly Finding[]
/** Lines written so far, by file: the linter runs once over all of them. */
const written = new Map<string, string[]>()

/** Adds a line to a file and gives the question whether the linter objects to it. */
function line(file: string, text: string, category: RegExp): () => boolean {
  const lines = written.get(file) ?? []
  written.set(file, lines)
  const number = lines.push(text)
  return () =>
    findings.some(
      ({ location, severity, category: found }) =>
        location.path === file && location.start.line === number && severity === 'error' && category.test(found),
    )
}

const imports = IMPORTS.map(([file, from, allowed]) => ({
  title: `${file} ${allowed ? 'may' : 'may not'} import ${from}`,
  allowed,
  refused: line(file, `import '${from}'`, /noRestrictedImports/),
}))
const impure = ROOMS.flatMap((room) =>
  IMPURE.map((text, at) => ({
    title: `${room} may not use ${text}`,
    refused: line(`${room}/impure.ts`, `export const v${at} = ${text}`, /noRestrictedGlobals|plugin/),
  })),
)
const pure = line(
  'src/engine/pure.ts',
  'export const v = [new Date(5).toISOString(), Date.UTC(2026), Math.max(1, 2)]',
  /./,
)
const free = line('src/io/clock.ts', 'export const v = Date.now() + process.pid', /noRestricted|plugin/)
const lazy = line('src/engine/lazy.ts', "export const v = () => import('../io/files.ts')", /noRestrictedImports/)
const typed = line('src/engine/typed.ts', "export type { Facet } from '../facets/role.ts'", /noRestrictedImports/)

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-layers-'))
  for (const name of ['biome.json', 'lint']) cpSync(join(home, name), join(folder, name), { recursive: true })
  for (const [file, lines] of written) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), `${lines.join('\n')}\n`)
  }
  const biome = join(home, 'node_modules/.bin/biome')
  const run = spawnSync(biome, ['lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  findings = JSON.parse(run.stdout).diagnostics
})
after(() => rmSync(folder, { recursive: true }))

describe('rooms', () => {
  for (const { title, allowed, refused } of imports) it(title, () => assert.equal(refused(), !allowed))
  it('a lazy import and a re-export are imports too', () => assert.ok(lazy() && typed()))
})

describe('pure rooms', () => {
  for (const { title, refused } of impure) it(title, () => assert.ok(refused()))
  it('dates of given times and arithmetic are pure', () => assert.equal(pure(), false))
  it('io may look at the clock', () => assert.equal(free(), false))
})
