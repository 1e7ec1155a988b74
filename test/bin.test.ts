import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))
const bin = join(home, 'bin/patrolog')
const folder = mkdtempSync(join(tmpdir(), 'patrolog-bin-'))
after(() => rmSync(folder, { recursive: true }))

function run(args: readonly string[], program = bin, env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  return spawnSync(program, args, { encoding: 'utf8', timeout: 30_000, env: { ...process.env, ...env } })
}

/** A checkout without its own Node, and a machine whose `node` says it is `version`. */
function machine(name: string, version: string | null): { program: string; path: string } {
  const at = join(folder, name)
  for (const part of ['bin', 'path']) mkdirSync(join(at, part), { recursive: true })
  writeFileSync(join(at, 'bin/patrolog'), readFileSync(bin))
  chmodSync(join(at, 'bin/patrolog'), 0o755)
  for (const tool of ['dirname', 'readlink', 'mkdir']) symlinkSync(join('/usr/bin', tool), join(at, 'path', tool))
  if (version !== null) {
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo ${version} && exit\necho "$@"\n`
    writeFileSync(join(at, 'path/node'), script, { mode: 0o755 })
  }
  return { program: join(at, 'bin/patrolog'), path: join(at, 'path') }
}

describe('patrolog check', () => {
  it('says where readings come from, be it a topic', () => {
    const { stdout, status } = run(['check', '--config', join(home, 'docker/patrolog.yaml')])
    assert.equal(status, 0)
    assert.match(stdout, /^metrics: patroni-metrics$/m)
  })

  it('says what a configuration does', () => {
    const { stdout, status } = run(['check', '--config', join(home, 'patrolog.example.yaml')])
    assert.equal(status, 0)
    assert.match(stdout, /no errors\nrules: \d+ on\nkafka: kafka-1:9092, kafka-2:9092\ntopics: patroni-logs\n/)
    assert.match(stdout, /receivers: on-call, team\n$/)
  })

  it('quotes no password', () => {
    const file = join(folder, 'secret.yaml')
    writeFileSync(file, "metrics: {prometheus: [{url: 'ftp://bob:hunter2@prometheus'}]}\n")
    const { stderr, status } = run(['check', '--config', file])
    assert.equal(status, 2)
    assert.match(stderr, /expected a URL such as .*, got "ftp:\/\/bob:\*\*\*@prometheus"/)
  })

  it('tells every error with its place', () => {
    const file = join(folder, 'wrong.yaml')
    writeFileSync(file, 'rules:\n  wal-backlog:\n    params: {gap: 5 M}\nkafak: {}\n')
    const { stderr, status } = run(['check', '--config', file])
    assert.equal(status, 2)
    assert.match(stderr, /wrong\.yaml:3:\d+ rules\.wal-backlog\.params\.gap: expected a size/)
    assert.match(stderr, /wrong\.yaml:4:\d+ kafak: unknown setting/)
  })
})

describe('bin/patrolog', () => {
  it('runs on the Node of the checkout, whatever stands on the PATH', () => {
    const { path } = machine('old-beside', 'v18.0.0')
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    assert.equal(run(['--version'], bin, { PATH: `${path}:${process.env.PATH}` }).stdout, `${version}\n`)
  })

  it('is found through links', () => {
    symlinkSync(bin, join(folder, 'one'))
    symlinkSync('one', join(folder, 'two'))
    assert.equal(run(['--version'], join(folder, 'two')).status, 0)
  })

  it('says in one line that Node is too old or absent', () => {
    for (const [name, version] of [
      ['old', 'v20.20.2'],
      ['none', null],
      ['odd', 'what'],
    ] as const) {
      const { program, path } = machine(name, version)
      const { status, stderr, stdout } = run(['--version'], program, { PATH: path })
      assert.equal(status, 2, name)
      assert.match(stderr, /^patrolog: needs Node 24 or newer, .*\n$/, name)
      assert.equal(stdout, '', name)
    }
  })

  it('without sources runs what was built', () => {
    const { program, path } = machine('new', 'v25.1.0')
    assert.match(run(['a b'], program, { PATH: path }).stdout, /\/new\/dist\/src\/main\.js a b\n$/)
  })

  it('trusts the authorities of the machine beside those of Node', () => {
    const { program, path } = machine('trusts', 'v25.1.0')
    assert.match(run(['check'], program, { PATH: path }).stdout, /^--use-system-ca .*main\.js check\n$/)
  })

  it('does not mind a cache that cannot be written, nor having no home', () => {
    for (const env of [{ XDG_CACHE_HOME: '/proc/none' }, { HOME: '', XDG_CACHE_HOME: '' }]) {
      const { status, stderr } = run(['--version'], bin, env)
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
    }
  })
})

describe('the command line', () => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['replay', '--frm', 'x'], /^patrolog: unknown option '--frm' \(Did you mean --from\?\)\n$/],
    [['replay'], /^patrolog: PATH: expected at least one file/],
    [['fly'], /^patrolog: unknown command 'fly'\n$/],
    [['live'], /^patrolog: required option '--config <file>' not specified\n$/],
    [['replay', 'x', '--format', 'xml', '--from', 'y'], /^patrolog: --from: .*\npatrolog: --format: .*\n$/],
    [
      ['replay', 'x', '--config', '/none.yaml', '--from', 'y'],
      /^patrolog: --config \/none.yaml: no such file\n.*--from/,
    ],
    [['replay', 'x', '--metrics'], /argument missing\n$/],
  ]
  for (const [args, said] of wrong) {
    it(`refuses ${args.join(' ')} with status 2 and no stack`, () => {
      const { status, stderr, stdout } = run(args)
      assert.match(stderr, said)
      assert.deepEqual({ status, stdout }, { status: 2, stdout: '' })
    })
  }

  it('tells the place of a mistake in the configuration', () => {
    const file = join(folder, 'patrolog.yaml')
    writeFileSync(file, 'rules:\n  no-such-thing: {}\n')
    const { status, stderr } = run(['replay', 'x', '--config', file])
    assert.equal(status, 2)
    assert.ok(stderr.startsWith(`patrolog: ${file}:2:3 rules.no-such-thing: unknown rule`), stderr)
  })

  it('prints help on the standard output', () => {
    const { status, stdout } = run(['replay', '--help'])
    assert.equal(status, 0)
    assert.match(stdout, /--fail-on/)
    assert.equal(run(['replay', '-h']).stdout, stdout)
  })
})

describe('a running replay', () => {
  const incident = join(home, 'samples/incidents/stale-watch-real-apiserver')

  it('is ended by a signal to the process that was started', async () => {
    const child = spawn(bin, ['replay', '-'], { stdio: ['pipe', 'ignore', 'ignore'] })
    // More than a pipe holds: it is taken only by a program that runs.
    await new Promise((resolve) => child.stdin.write(Buffer.alloc(1 << 20, 'x\n'), resolve))
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM'])
  })

  it('does not mind a reader that stops early', async () => {
    const child = spawn(bin, ['replay', incident, '--format', 'jsonl'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', (text) => (said += text))
    child.stdout.once('data', () => child.stdout.destroy())
    assert.deepEqual(await once(child, 'close'), [0, null])
    assert.doesNotMatch(said, /EPIPE|unexpected/)
  })
})
