/** `patrolog replay --only`: the summary tells of what is shown, and a name that nothing has is no quiet day. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { packageRoot } from '../../src/root.ts'
import { jsonLines, patrolog } from '../program.ts'

const incident = join(packageRoot, 'samples/incidents/stale-watch-real-apiserver/acid-orders')

interface Told {
  readonly kind: string
  readonly status?: string
  readonly rule?: string
  readonly alerts?: Record<string, number>
  readonly members?: readonly { readonly member: string }[]
  readonly records?: { readonly total: number }
}

async function told(...args: readonly string[]): Promise<{ all: readonly Told[]; summary: Told | undefined }> {
  const lines = await jsonLines(['replay', incident, '--format', 'jsonl', '--kinds', 'alert,summary', ...args])
  const all = lines.map((line) => JSON.parse(line) as Told)
  return { all, summary: all.at(-1) }
}

describe('replay --only', () => {
  it('narrows the summary to what is shown; what was read is told of all', async () => {
    const whole = await told()
    const { all, summary } = await told('--only', 'member=acid-orders-0')
    const fired = all.flatMap(({ rule, status }) => (status === 'firing' ? [rule as string] : []))
    assert.deepEqual(Object.keys(summary?.alerts ?? {}).sort(), [...new Set(fired)].sort())
    assert.ok(fired.includes('failsafe-active') && !fired.includes('replica-without-upstream'), fired.join())
    assert.deepEqual(
      summary?.members?.map(({ member }) => member),
      ['acid-orders-0'],
    )
    assert.deepEqual(summary?.records, whole.summary?.records)
    assert.equal(whole.summary?.members?.length, 2)
  })

  it('names what it does not find', async () => {
    const { status, out, said } = await patrolog(['replay', incident, '--kinds', 'summary', '--only', 'cluster=orders'])
    assert.equal(status, 0)
    assert.equal(said, 'patrolog: --only cluster=orders: not in the input, which has acid-orders\n')
    assert.doesNotMatch(out, /acid-orders-0|failsafe-active/)
  })
})

describe('the summary of a replay', () => {
  it('says so when nothing that was read tells of a cluster', async () => {
    const none = await patrolog(['replay', '-'])
    assert.match(none.out, /^0 records; 0 changes of state\nno alert fired, since nothing that was read tells of/m)
    const other = await patrolog(['replay', '-'], { input: 'a\nb\n' })
    assert.match(other.out, /^2 records: 2 unrecognised; .*\nno alert fired, since nothing that was read tells of/m)
    const quiet = await patrolog(['replay', '-'], {
      input: '2026-03-04 10:00:00,000 INFO: no action. I am (pg-0), the leader with the lock\n',
    })
    assert.match(quiet.out, /\nno alert fired\n/)
  })
})
