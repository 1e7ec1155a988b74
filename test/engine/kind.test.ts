/** Kinds of a member that are written nowhere are learned: from its lines, and from what it replays when. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MemberKind } from '../../src/model/state.ts'
import { tell } from '../../src/story/tell.ts'
import { type ClusterStory, cluster, demo } from '../story.ts'

function kindOf(story: ClusterStory): MemberKind {
  const member = tell(story.until(story.end || 300))
    .engine.clusters.get('demo')
    ?.members.get('pg-1')
  assert.ok(member !== undefined)
  return member.kind
}

/** From logs alone, pg-1 restores so many segments from second 100 on. */
function restores(segments: number, story = demo().logsOnly()): ClusterStory {
  for (let number = 0; number < segments; number++)
    story.postgresSays('pg-1', 100 + number, `restored log file "00000001000000000000000${number}" from archive`)
  return story
}

const STREAMS = 'started streaming WAL from primary at 0/3000000 on timeline 1'

describe('a replica that restores segments from the archive', () => {
  it('reads the archive only, after three of them', () => assert.equal(kindOf(restores(3)).archiveOnly, true))

  it('may fall back to it, after two', () => assert.equal(kindOf(restores(2)).archiveOnly, false))

  it('falls back to it when it streamed before', () =>
    assert.equal(kindOf(restores(5, demo().logsOnly().postgresSays('pg-1', 40, STREAMS))).archiveOnly, false))

  it('falls back to it when its upstream was removed', () =>
    assert.equal(kindOf(restores(5, demo().logsOnly().removeUpstream('pg-1', 40))).archiveOnly, false))

  it('is no such one when it streams later', () =>
    assert.equal(kindOf(restores(5).postgresSays('pg-1', 200, STREAMS)).archiveOnly, false))
})

describe('a delay of replay', () => {
  const delayed = (delay: number) => kindOf(cluster('demo').replica('pg-1', { delay }).until(400)).delayed / 1000

  it('is learned from commits that are replayed a constant time after they were made', () =>
    assert.ok(Math.abs(delayed(60) - 60) <= 5, `${delayed(60)} s`))

  it('is none when that is ordinary lag', () => assert.equal(delayed(8), 0))

  it('is none when the lag changes', () => {
    const story = cluster('demo').replica('pg-1').freezeReplay('pg-1', 100).thaw('pg-1', 130).freezeReplay('pg-1', 140)
    assert.equal(kindOf(story.thaw('pg-1', 200).until(400)).delayed, 0)
  })
})
