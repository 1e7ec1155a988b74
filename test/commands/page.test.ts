/** `patrolog replay --html`: the page beside what is printed. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pageFile } from '../../src/commands/page-file.ts'
import { packageRoot } from '../../src/root.ts'
import { patrolog } from '../program.ts'

const folder = mkdtempSync(join(tmpdir(), 'patrolog-html-'))
after(() => rmSync(folder, { recursive: true }))
const incident = join(packageRoot, 'samples/incidents/stale-watch-real-apiserver')

async function pageOf(name: string, ...args: readonly string[]): Promise<string> {
  const file = join(folder, name)
  const { status, said } = await patrolog(['replay', incident, '--html', file, '--kinds', 'summary', ...args])
  assert.equal(status, 0, said)
  return readFileSync(file, 'utf8')
}

describe('replay --html', () => {
  it('writes a page beside what is printed as ever', async () => {
    const file = join(folder, 'a.html')
    for (const kinds of [[], ['--kinds', 'transition,alert,summary'], ['--format', 'jsonl']]) {
      const without = await patrolog(['replay', incident, ...kinds])
      assert.deepEqual(await patrolog(['replay', incident, '--html', file, ...kinds]), without)
    }
    const page = readFileSync(file, 'utf8')
    for (const words of ['replica-without-upstream', 'receives no WAL', 'is in failsafe mode', 'at most 1'])
      assert.ok(page.includes(words), words)
    assert.match(page, /acid-orders-1 at most \d+ MiB at 04:2/)
  })

  it('lets run what stands in it and nothing else', async () => {
    const page = await pageOf('b.html')
    const hash = (text: string | undefined) =>
      `sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}`
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? []
    const script = hash(/<script>([\s\S]*?)<\/script>/.exec(page)?.[1])
    const style = hash(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1])
    assert.match(policy, /^default-src 'none';/)
    assert.ok(policy.includes(`script-src '${script}';`) && policy.includes(`style-src '${style}';`), policy)
    assert.doesNotMatch(page.replace(/<script>[\s\S]*?<\/script>/, ''), /<(link|img|iframe)|src=|url\((?!#)|@import/)
  })

  it('is filtered as what is printed', async () => {
    const page = await pageOf(
      'c.html',
      '--from',
      '2026-11-23 05:26',
      '--only',
      'member=acid-orders-1',
      '--timezone',
      'Europe/Berlin',
    )
    assert.doesNotMatch(page, /<h3>acid-orders-0<|failsafe-active<\/b>/)
    assert.match(page, /acid-orders-1 at most \d+ MiB/)
    const other = await pageOf('c.html', '--only', 'member=acid-orders-0')
    assert.doesNotMatch(other, /class="chart"/)
    assert.match(page, /<h3>acid-orders-1<[\s\S]*2026-11-23 \(Europe\/Berlin\)[\s\S]*>05:26:05</)
  })

  it('draws what answers quoted in log lines say of positions', async () => {
    const [log, file] = [join(folder, 'pg-2.log'), join(folder, 'g.html')]
    const answer = (second: number, member: string, body: object) =>
      `2026-03-04 10:00:0${second},000 INFO: Got response from ${member} http://10.0.0.1:8008/patroni: ${JSON.stringify({ state: 'running', timeline: 1, ...body })}\n`
    const replica = { received_location: 3 << 20, replayed_location: 1 << 20, replayed_timestamp: null, paused: false }
    const primary = answer(1, 'pg-0', { role: 'master', xlog: { location: 33 << 20 } })
    writeFileSync(log, primary + answer(2, 'pg-1', { role: 'replica', xlog: replica }))
    const { status, said } = await patrolog(['replay', log, '--html', file])
    assert.equal(status, 0, said)
    assert.match(readFileSync(file, 'utf8'), /pg-1 at most 32 MiB at 10:00:02/)
  })

  it('is the same for the same input', async () => {
    assert.equal(await pageOf('d.html'), await pageOf('e.html'))
  })

  it('refuses before anything is replayed what it cannot write', async () => {
    const file = join(folder, 'nowhere', 'a.html')
    const { status, out, said } = await patrolog(['replay', incident, '--html', file])
    assert.deepEqual({ status, out }, { status: 2, out: '' })
    assert.match(said, /^patrolog: --html .*nowhere\/a\.html: expected a file that can be written, got ENOENT.*\n$/)
    assert.equal((await patrolog(['replay', incident, '--html', folder])).status, 2)
  })

  it('does not write over a log', async () => {
    const log = join(folder, 'pg-0.log')
    writeFileSync(log, '2026-03-04 10:00:00,000 INFO: no action. I am (pg-0), the leader with the lock\n')
    const { status, said } = await patrolog(['replay', incident, '--html', log])
    assert.equal(status, 2)
    assert.match(said, /pg-0\.log: expected a new file, or a page to be replaced/)
    assert.match(readFileSync(log, 'utf8'), /the leader with the lock\n$/)
  })

  it('leaves a file as it was when the replay fails', async () => {
    const [old, none] = [join(folder, 'old.html'), join(folder, 'none.html')]
    writeFileSync(old, '<!DOCTYPE html>before')
    for (const file of [old, none])
      assert.equal((await patrolog(['replay', join(folder, 'missing.log'), '--html', file])).status, 2)
    assert.equal(readFileSync(old, 'utf8'), '<!DOCTYPE html>before')
    assert.equal(existsSync(none), false)
  })

  it('has no empty file in the folder while it works, for whoever interrupts it', async () => {
    const path = join(folder, 'later.html')
    const file = await pageFile(path)
    assert.equal(existsSync(path), false)
    await file.write('<!DOCTYPE html>')
    await file.close()
    assert.equal(readFileSync(path, 'utf8'), '<!DOCTYPE html>')
  })

  it('replaces a longer page whole', async () => {
    writeFileSync(join(folder, 'f.html'), `<!DOCTYPE html>${'x'.repeat(1 << 20)}`)
    assert.match(await pageOf('f.html'), /^<!DOCTYPE html>(.|\n)*<\/html>\n$/)
  })
})
