import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '../../src/root.ts'

describe('the log of the service', () => {
  it('shows no password, whoever quotes one', () => {
    const code = `import { openLog } from ${JSON.stringify(join(root, 'src/live/log.ts'))}
openLog()('warn', 'poll-failed', { problem: 'http://bob:hunter2@prometheus:9090: connection refused', partition: 3 })`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
    })
    assert.equal(stderr, '')
    const { time: _, pid: __, ...said } = JSON.parse(stdout)
    assert.deepEqual(said, {
      level: 'warn',
      problem: 'http://bob:***@prometheus:9090: connection refused',
      partition: 3,
      event: 'poll-failed',
    })
  })

  it('has no level that there is not', () => {
    const env = { ...process.env, PATROLOG_LOG_LEVEL: 'loud' }
    const args = ['live', '--config', join(root, 'patrolog.example.yaml')]
    const { status, stderr } = spawnSync(join(root, 'bin/patrolog'), args, { encoding: 'utf8', env, timeout: 60_000 })
    assert.equal(status, 2)
    assert.equal(stderr, 'patrolog: PATROLOG_LOG_LEVEL: expected one of debug, info, warn, error, got "loud"\n')
  })
})
