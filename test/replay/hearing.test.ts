/** Gaps between the events of members are told as if the events had been read in order. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Gap } from '../../src/model/effect.ts'
import type { Member } from '../../src/model/state.ts'
import { hearing, type Stretch } from '../../src/replay/hearing.ts'

const S = 1_000
const LATENESS = 15 * S
const member = (name: string) => ({ name, cluster: { name: 'demo' } }) as Member
const [pg1, pg2] = [member('pg-1'), member('pg-2')]

/** Seconds: two of what is told. */
type Told = readonly [from: number, to: number]

function heard(tell: (told: ReturnType<typeof hearing>) => void): { gaps: Told[]; stretches: Told[]; order: string[] } {
  const gaps: Told[] = []
  const stretches: Told[] = []
  const order: string[] = []
  const onGap = ({ from, time, member: name }: Gap) => {
    gaps.push([from / S, time / S])
    order.push(`${name} gap`)
  }
  const onStretch = ({ from, to, member: name }: Stretch) => {
    stretches.push([from / S, to / S])
    order.push(`${name} heard`)
  }
  const told = hearing({ onGap, onStretch })
  tell(told)
  told.end()
  return { gaps, stretches, order }
}

const of = (...seconds: readonly number[]) =>
  heard((told) => {
    for (const at of seconds) told.ear(pg1).hear(at * S)
  })

describe('when members are heard', () => {
  it('is a gap where a minute passes without an event, none before the first and after the last', () => {
    assert.deepEqual(of(100, 159.999), { gaps: [], stretches: [[100, 159.999]], order: ['pg-1 heard'] })
    const { gaps, stretches } = of(100, 130, 190, 200)
    assert.deepEqual(gaps, [[130, 190]])
    assert.deepEqual(stretches, [
      [100, 130],
      [190, 200],
    ])
  })

  it('is told of each member by itself; of one that had no event, nothing', () => {
    const { gaps, order } = heard((told) => {
      const [one, two] = [told.ear(pg1), told.ear(pg2)]
      told.ear(member('pg-3'))
      for (const [at, ear] of [one, two, one, two].entries()) ear.hear(at * 50 * S)
    })
    assert.deepEqual(gaps, [
      [0, 100],
      [50, 150],
    ])
    assert.deepEqual(order, ['pg-1 heard', 'pg-1 gap', 'pg-2 heard', 'pg-2 gap', 'pg-1 heard', 'pg-2 heard'])
  })

  it('is told once all up to its end was read, and what comes later does not change it', () => {
    const seen: Gap[] = []
    const told = hearing({ onGap: (gap) => seen.push(gap), onStretch: () => {} })
    const ear = told.ear(pg1)
    for (const at of [0, 100]) ear.hear(at * S)
    told.complete(99 * S)
    assert.deepEqual(seen, [])
    told.complete(100 * S)
    assert.deepEqual(seen, [{ kind: 'gap', time: 100 * S, cluster: 'demo', member: 'pg-1', from: 0 }])
    ear.hear(50 * S)
    told.end()
    assert.equal(seen.length, 1)
  })

  it('does not depend on the order of reading within the lateness', () => {
    const line = fc.record({ after: fc.integer({ min: 0, max: 90 }), late: fc.integer({ min: 0, max: 14 }) })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), (lines) => {
        let at = 0
        const events = lines.map(({ after, late }) => {
          at += after
          return { time: at, read: at + late }
        })
        const read = events.toSorted((a, b) => a.read - b.read).map(({ time }) => time)
        const disordered = heard((told) => {
          let latest = 0
          for (const time of read) {
            told.ear(pg1).hear(time * S)
            latest = Math.max(latest, time)
            told.complete(latest * S - LATENESS)
          }
        })
        assert.deepEqual(disordered, of(...events.map(({ time }) => time)))
      }),
    )
  })
})
