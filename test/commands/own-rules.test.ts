/** The rule and the stories that docs/own-rules.md shows, as an operator would keep them: in a folder elsewhere. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { root } from '../../src/root.ts'

const folder = mkdtempSync(join(tmpdir(), 'patrolog-rules-'))
const rules = join(folder, 'rules')
after(() => rmSync(folder, { recursive: true }))

before(() => {
  mkdirSync(rules)
  const page = readFileSync(join(root, 'docs/own-rules.md'), 'utf8')
  for (const [, name, code] of page.matchAll(/`([a-z-]+(?:\.test)?\.ts)`:\n\n```ts\n(.*?)```/gs))
    writeFileSync(join(rules, name as string), code as string)
  writeFileSync(join(folder, 'patrolog.yaml'), /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '')
})

function patrolog(...args: readonly string[]) {
  // This test's own runner would take the stories for its own.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return spawnSync(join(root, 'bin/patrolog'), args, { encoding: 'utf8', timeout: 120_000, env })
}

/** A log of a replica whose PostgreSQL came up at these minutes. */
function log(...minutes: readonly number[]): string {
  const file = join(folder, `log-${minutes.join('-')}`, 'pg-1.log')
  mkdirSync(dirname(file), { recursive: true })
  const lines = minutes.map(
    (minute) =>
      `2026-03-04 10:0${minute}:00.000 UTC [7] LOG:  database system is ready to accept read-only connections\n`,
  )
  writeFileSync(file, lines.join(''))
  return file
}

describe('rules of your own', () => {
  it('are tested by their stories', () => {
    const { status, stdout, stderr } = patrolog('test-rules', rules)
    assert.equal(status, 0, stdout + stderr)
    assert.match(stdout, /fires: the third start within the hour/)
  })

  it('fail with a story that does not come true', () => {
    const wrong = join(folder, 'wrong')
    mkdirSync(wrong)
    const name = 'replica-restarts-often'
    writeFileSync(join(wrong, `${name}.ts`), readFileSync(join(rules, `${name}.ts`)))
    const stories = readFileSync(join(rules, `${name}.test.ts`), 'utf8')
    writeFileSync(join(wrong, `${name}.test.ts`), stories.replace('firesBy(810)', 'firesBy(500)'))
    const { status, stdout } = patrolog('test-rules', wrong)
    assert.equal(status, 1)
    assert.match(stdout, /expected: replica-restarts-often fires by 500/)
  })

  it('that cannot be loaded are told together with all other mistakes', () => {
    const config = join(folder, 'mistakes.yaml')
    writeFileSync(config, 'rulesDir: nowhere\nlateness: 3\nrules: {mine: {for: 1s}}\n')
    const { status, stderr } = patrolog('check', '--config', config)
    assert.equal(status, 2)
    assert.deepEqual(stderr.trimEnd().split('\n'), [
      `patrolog: rulesDir: ${join(folder, 'nowhere')}: no such folder`,
      `patrolog: ${config}:2:11 lateness: expected a duration such as 30s, got 3`,
    ])
  })

  it('are checked in a replay, with parameters and severity from the configuration', () => {
    const args = ['--format', 'jsonl', '--kinds', 'alert', '--cluster', 'demo']
    const replay = (file: string) => patrolog('replay', file, ...args, '--config', join(folder, 'patrolog.yaml'))
    assert.equal(replay(log(1)).stdout, '')
    const { stdout, stderr } = replay(log(1, 5))
    assert.equal(stderr, '')
    const { rule, severity, member, status } = JSON.parse(stdout)
    assert.deepEqual(
      { rule, severity, member, status },
      { rule: 'replica-restarts-often', severity: 'critical', member: 'pg-1', status: 'firing' },
    )
  })

  it('are refused with all that is wrong with them', () => {
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'a.ts'), 'export default 1')
    writeFileSync(join(broken, 'b.ts'), "import 'patrolog/nothing'")
    writeFileSync(join(broken, 'no-leader.ts'), "export default { meta: { id: 'no-leader' }, *check() {} }")
    const { status, stderr } = patrolog('test-rules', broken)
    assert.equal(status, 2)
    const lines = stderr.trim().split('\n')
    assert.equal(lines.length, 3)
    assert.match(lines[0] ?? '', /a\.ts: expected a rule/)
    assert.match(lines[1] ?? '', /b\.ts: cannot be loaded: /)
    assert.match(lines[2] ?? '', /no-leader\.ts: there is a rule no-leader already/)
  })

  it('that throw say nothing, and the others go on', () => {
    const throwing = join(folder, 'throwing')
    mkdirSync(throwing)
    const rule = readFileSync(join(rules, 'replica-restarts-often.ts'), 'utf8')
    writeFileSync(
      join(throwing, 'throws.ts'),
      rule
        .replace("id: 'replica-restarts-often'", "id: 'throws'")
        .replace('for (const member', "throw new Error('no');\n    for (const member"),
    )
    const config = join(folder, 'throwing.yaml')
    writeFileSync(config, `rulesDir: ${throwing}\n`)
    const { status, stdout, stderr } = patrolog('replay', log(1, 5), '--config', config)
    assert.equal(status, 0)
    assert.match(stderr, /^patrolog: .*throws\.ts: .*: no\n$/)
    assert.match(stdout, /no alert fired/)
  })
})
