import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { replay } from '../ingest/wrappings/story.ts'
import { folder } from '../io/folder.ts'

/** In Berlin 02:00 to 03:00 came twice: from 00:00 UTC and from 01:00 UTC. */
const ZONE = 'Europe/Berlin'
const DAY = Date.UTC(2026, 9, 25)
const MINUTE = 60_000
/** The clock on the wall there, as it is written into logs; UTC, in minutes of the day. */
const written = (time: number): string =>
  new Date(time + (time < DAY + 60 * MINUTE ? 120 : 60) * MINUTE).toISOString().replace('T', ' ').slice(0, 19)

function heartbeats(from: number, to: number, text: string, step = 10_000): string {
  let all = ''
  for (let time = DAY + from * MINUTE; time < DAY + to * MINUTE; time += step)
    all += `${written(time)},123 INFO: ${text}\n`
  return all
}

const leader = (from: number, to: number): string =>
  heartbeats(from, to, 'no action. I am (pg-0), the leader with the lock')
const follower = (from: number, to: number): string =>
  heartbeats(from, to, 'no action. I am (pg-1), a secondary, and following a leader (pg-0)')
/** The leader's list of members, once a minute: pg-1 joins as its log begins, and is left out for a while later on. */
function lists(joins: number, to: number): string {
  let all = ''
  for (let minute = -60; minute < to; minute++) {
    const members = [
      { name: 'pg-0', role: 'leader', state: 'running' },
      ...(minute < joins ? [] : [{ name: 'pg-1', role: 'replica', state: minute % 10 < 5 ? 'streaming' : 'running' }]),
    ].filter(({ name }) => name === 'pg-0' || minute % 20 !== 19)
    const body = { members, scope: 'demo' }
    all += `${JSON.stringify({ t: DAY / 1000 + minute * 60, member: 'pg-0', path: '/cluster', status: 200, body })}\n`
  }
  return all
}

/** When pg-1 was first heard, and which rules fired. */
async function told(begin: number, log: Record<string, string>): Promise<{ first: string; alerts: readonly string[] }> {
  const files = { 'demo/pg-0.log': leader(-60, 240), 'metrics.jsonl': lists(begin, 240), ...log }
  const { story } = await replay(folder(files), { zone: ZONE })
  const ofMember = story.filter((line) => line.includes(' pg-1 patroni '))
  return {
    first: ofMember[0]?.slice(11, 16) ?? '',
    alerts: story.filter((line) => / firing (?!info)/.test(line)),
  }
}

describe('a log that begins in the hour that comes twice', () => {
  for (const [name, begin, first] of [
    ['the first time', 30, '00:30'],
    ['the second time', 90, '01:30'],
  ] as const)
    it(`${name}: is read so that no hour is left out or repeated`, async () => {
      assert.deepEqual(await told(begin, { 'demo/pg-1.log': follower(begin, 240) }), { first, alerts: [] })
    })

  it('goes on after its rotation within that hour', async () => {
    const log = { 'demo/pg-1.log.1': follower(-60, 80), 'demo/pg-1.log': follower(80, 240) }
    assert.deepEqual(await told(-60, log), { first: '23:00', alerts: [] })
  })

  it('and names the zone in some of its lines: those tell which it is', async () => {
    const postgres = `${new Date(DAY + 90 * MINUTE).toISOString().replace('T', ' ').slice(0, 19)}.500 UTC [71] LOG:  checkpoint starting: time\n`
    const log = follower(90, 115).replace('\n', `\n${postgres}`)
    assert.equal((await told(90, { 'demo/pg-1.log': log })).first, '01:30')
  })

  it('and ends in it: nothing tells, it is taken to be the first time', async () => {
    assert.equal((await told(90, { 'demo/pg-1.log': follower(90, 110) })).first, '00:30')
  })
})
