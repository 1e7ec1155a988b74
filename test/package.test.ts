import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

/**
 * The package as it is published: packed by npm, unpacked where npm would put it, beside its dependencies and linked as
 * npm links it. (.ci/run installs it with npm itself, which needs the network.)
 */
const home = fileURLToPath(new URL('..', import.meta.url))
const incident = join(home, 'samples/incidents/stale-watch-real-apiserver')
const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string; readonly mode: number }[]
}

let folder: string
let packed: Packed

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-package-'))
  const told = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: home,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  packed = JSON.parse(told.slice(told.indexOf('[')))[0]
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'patrolog'), { recursive: true })
  mkdirSync(join(modules, '.bin'))
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '--strip-components=1', '-C', join(modules, 'patrolog')])
  symlinkSync('../patrolog/bin/patrolog', join(modules, '.bin/patrolog'))
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(home, 'node_modules', name), join(modules, name))
  }
})
after(() => rmSync(folder, { recursive: true }))

function run(program: string, args: readonly string[]) {
  const path = `${join(home, 'node_modules/.bin')}:${process.env.PATH}`
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 28,
    env: { ...process.env, PATH: path },
  })
  return { status, stdout, stderr }
}

const installed = (...args: string[]) => run(join(folder, 'node_modules/.bin/patrolog'), args)

describe('the package', () => {
  it('holds what runs and what is read, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path)
    const allowed =
      /^(bin\/patrolog|dist\/(src|parsers|rules)\/.+\.js|dist\/src\/page\/.+\.css|docs\/.+\.(md|conf|yaml|toml|service)|samples\/incidents\/stale-watch-real-apiserver\/.+|package\.json|patrolog\.example\.yaml|LICENSE|(README|CHANGELOG)\.md)$/
    assert.deepEqual(
      paths.filter((path) => !allowed.test(path)),
      [],
    )
    for (const path of ['bin/patrolog', 'dist/src/main.js', 'LICENSE', 'README.md'])
      assert.ok(paths.includes(path), path)
  })

  it('tells its version', () => {
    assert.deepEqual(installed('--version'), { status: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  it('replays as the checkout does, to the byte', () => {
    const args = ['replay', incident, '--format', 'jsonl', '--kinds', 'transition,alert,summary']
    const { status, stdout } = installed(...args)
    assert.equal(status, 0)
    assert.match(stdout, /"kind":"alert"/)
    assert.equal(stdout, run(join(home, 'bin/patrolog'), args).stdout)
  })

  it('writes the page that the checkout writes, to the byte', () => {
    const args = (file: string) => ['replay', incident, '--kinds', 'summary', '--html', join(folder, file)]
    assert.equal(installed(...args('installed.html')).status, 0)
    assert.equal(run(join(home, 'bin/patrolog'), args('checkout.html')).status, 0)
    const page = readFileSync(join(folder, 'installed.html'), 'utf8')
    assert.match(page, /replica-without-upstream/)
    assert.equal(page, readFileSync(join(folder, 'checkout.html'), 'utf8'))
  })

  it('plays the demo', () => {
    const { status, stdout } = installed('demo')
    assert.equal(status, 0)
    assert.match(stdout, /RESOLVED acid-orders after/)
    assert.match(stdout, /subject: \[RESOLVED\] acid-orders/)
  })

  it('refuses what it does not know', () => {
    assert.equal(installed('replay', '--what').status, 2)
  })
})
