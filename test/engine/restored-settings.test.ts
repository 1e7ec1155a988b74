import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine } from '../../src/engine/engine.ts'
import { demo, tell } from '../../src/story/index.ts'

const { engine: before } = tell(demo().configured({ ttl: 40_000, forgetAfter: 3_600_000 }).until(60))
const state = before.snapshot([])

/** The state taken over by an engine with another configuration. */
function takenOver(timings: object, taken = state) {
  const core = engine({
    facets: [],
    rulesFor: () => [],
    types: [],
    texts: { name: () => '', text: () => '' },
    defaultsOf: () => ({ timings, members: { 'pg-1': { delayed: 60_000 } } }),
    emit: () => {},
  })
  core.restore(taken, [])
  return core.clusters.get('demo')
}

describe('state that another configuration takes over', () => {
  it('has the timings and kinds that are configured now', () => {
    const cluster = takenOver({ ttl: 20_000 })
    assert.equal(cluster?.timings.ttl, 20_000)
    assert.equal(cluster?.timings.forgetAfter, 86_400_000)
    assert.equal(cluster?.members.get('pg-1')?.kind.delayed, 60_000)
  })

  it("keeps what Patroni's /config said", () => {
    const [cluster] = state.clusters
    assert.ok(cluster !== undefined)
    const timings = { ...cluster.timings, ttl: 25_000, source: '/config of pg-0' }
    const taken = { ...state, clusters: [{ ...cluster, timings }] }
    assert.equal(takenOver({ ttl: 20_000 }, taken)?.timings.ttl, 25_000)
  })

  it('of an older program lacks nothing', () => {
    const [cluster] = state.clusters
    assert.ok(cluster !== undefined)
    const members = cluster.members.map((member) => {
      const { idleSlots: _, ...measure } = member.measure
      return { ...member, measure: measure as typeof member.measure }
    })
    const restored = takenOver({}, { ...state, clusters: [{ ...cluster, members }] })
    assert.equal(restored?.members.get('pg-0')?.measure.idleSlots.size, 0)
  })
})
