import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { root } from '../../src/root.ts'
import { CLUSTER, lay, recorded, replay } from '../ingest/wrappings/story.ts'
import { folder } from '../io/folder.ts'

const RUN = 'stale-watch-real-apiserver'
const HOURS = 8
const EVERY = 10_000
const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,/

/** A recorded log behind hours of heartbeats: long enough that a file of several is not looked at as a whole. */
function long(member: string, lines: readonly string[], leader: string): readonly string[] {
  const first = lines.find((line) => STAMP.test(line)) ?? ''
  const begin = Date.parse(`${first.slice(0, 19).replace(' ', 'T')}Z`)
  const says = member === leader ? 'the leader with the lock' : `a secondary, and following a leader (${leader})`
  const before = Array.from({ length: (HOURS * 3_600_000) / EVERY }, (_, at) => {
    const stamp = new Date(begin - (at + 1) * EVERY).toISOString().replace('T', ' ').slice(0, 19)
    return `${stamp},250 INFO: no action. I am (${member}), ${says}`
  })
  return [...before.reverse(), ...lines]
}

it('a long file of several logs, and a capture of several, tell what they tell by themselves', async () => {
  const logs = [...recorded(RUN)]
  const leader = logs[0]?.[0] as string
  const lines = logs.map(([member, text]) => [member, long(member, text, leader)] as const)
  const apart = join(folder(), 'run')
  lay(
    apart,
    RUN,
    Object.fromEntries(lines.map(([member, text]) => [`${CLUSTER}/${member}/patroni.log`, text.join('\n')])),
  )
  const expected = await replay(apart)
  assert.ok(expected.story.some((line) => line.includes('replica-without-upstream firing')))

  const samples = join(root, 'samples/incidents', RUN)
  const captures = readdirSync(samples).filter((file) => file.endsWith('.jsonl.gz'))
  const polls = captures.map((file) => gunzipSync(readFileSync(join(samples, file))).toString()).join('')
  const all = lines.flatMap(([member, text]) => text.map((line) => `[pod/${member}/postgres] ${line}`)).join('\n')
  const together = await replay(folder({ [`${CLUSTER}/all.log`]: all, 'polls.jsonl': polls }))
  assert.deepEqual(together.story, expected.story)
  assert.equal(together.summary.records.late, 0)
})
