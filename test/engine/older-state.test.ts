/** State that an earlier release wrote: what it did not know of a member is as of one that nothing was heard of. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine } from '../../src/engine/engine.ts'
import { newCluster, newMember } from '../../src/engine/state.ts'
import { demo, tell } from '../../src/story/index.ts'
import { facets } from '../../src/story/tell.ts'

type Fields = { [key: string]: unknown }

const memories = Object.fromEntries(facets.flatMap(({ id, memory }) => (memory === undefined ? [] : [[id, memory()]])))
const fresh = { ...newMember(newCluster('demo'), 'pg-1'), memo: memories } as unknown as Fields

/** Fields that a member has, by the paths to them; of what stands elsewhere (the lines it said, its cluster) none. */
const paths = Object.keys(fresh)
  .filter((name) => !['name', 'cluster', 'said', 'memo'].includes(name))
  .flatMap((name) => pathsIn(fresh, [name]))
const remembered = Object.entries(memories).flatMap(([id, memory]) =>
  Object.keys(memory).map((name) => ['memo', id, name]),
)

function pathsIn(fields: Fields, path: readonly string[]): readonly (readonly string[])[] {
  const value = at(fields, path)
  return [path, ...(isFields(value) ? Object.keys(value).flatMap((name) => pathsIn(fields, [...path, name])) : [])]
}

function at(fields: Fields, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Fields)[name], fields)
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
}

/** pg-1 as an engine has it that takes over a state of which one field is left out. */
function without(path: readonly string[]): Fields {
  const state = structuredClone(told.snapshot([]))
  const member = state.clusters[0]?.members.find(({ name }) => name === 'pg-1') as unknown as Fields
  delete (at(member, path.slice(0, -1)) as Fields)[path.at(-1) as string]
  const core = engine({
    facets,
    rulesFor: () => [],
    types: [],
    texts: { name: () => '', text: () => '' },
    defaultsOf: () => undefined,
    emit: () => {},
  })
  core.restore(state, [])
  return core.clusters.get('demo')?.members.get('pg-1') as unknown as Fields
}

/** Something that every facet with a memory remembers of pg-1. */
const { engine: told } = tell(
  demo()
    .dcsOutage(30, 75)
    .crash('pg-1', 90, 12)
    .postgresSays('pg-1', 120, 'replication terminated by primary server')
    .says('pg-1', 130, 'promoted self to leader by acquiring session lock')
    .says('pg-1', 131, 'Assigning synchronous standby status to ["pg-2"]')
    .until(180),
)

describe('a state of an earlier release', () => {
  it('holds a memory of each facet that has one', () => {
    const member = told.clusters.get('demo')?.members.get('pg-1')
    assert.deepEqual(Object.keys(member?.memo ?? {}).sort(), Object.keys(memories).sort())
  })

  for (const [name, of] of Map.groupBy([...paths, ...remembered], ([name]) => name as string))
    it(`lacks nothing of its ${name}`, () => {
      for (const path of of) assert.deepEqual(at(without(path), path), at(fresh, path), path.join('.'))
    })
})
