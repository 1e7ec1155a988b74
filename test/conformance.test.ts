/** Walks the shelves of knowledge: every rule, facet and message is complete, and says only what exists. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compile } from '../src/ingest/recognise.ts'
import { loadFacets, loadParsers, loadRules } from '../src/io/shelves.ts'
import { EVENT_TYPES } from '../src/model/event-type.ts'
import { root } from '../src/root.ts'
import { register, registered } from './story.ts'

const rules = await loadRules()
const facets = await loadFacets()
const shelves = await loadParsers()
const recogniser = compile(shelves)
const encoder = new TextEncoder()

const KEBAB = /^[a-z]+(-[a-z]+)*$/
const PLANNED = ['switchover', 'stop', 'restart', 'rebuild', 'rolling-update', 'pause']
/** Event types are written so in code: `'replication.started'`. */
const WRITTEN = /'([a-z]+\.[a-z]+(?:-[a-z]+)*)'/g

const stories = (id: string): string => join(root, 'test', 'rules', `${id}.test.ts`)
const written = new Set(await readdir(join(root, 'test', 'rules')))
await register(rules.filter(({ meta }) => written.has(`${meta.id}.test.ts`)).map(({ meta }) => stories(meta.id)))

function known(type: string): boolean {
  return (EVENT_TYPES as readonly string[]).includes(type) || /^patroni\.[a-z]+(-[a-z0-9]+)*$/.test(type)
}

describe('rules', () => {
  for (const { meta } of rules)
    describe(meta.id, () => {
      it('says when it fires, when it ends, when it stays silent, and what it does not see', () => {
        assert.match(meta.id, KEBAB)
        for (const text of [meta.summary, meta.fires, meta.ends, meta.silent]) assert.ok(text.length > 10, text)
        for (const [name, list] of Object.entries({
          needs: meta.needs,
          remedy: meta.remedy,
          blindSpots: meta.blindSpots,
        }))
          assert.ok(list.length > 0 && list.every((each) => each.length > 5), `${meta.id}: ${name} is empty`)
      })
      it('has parameters with a default, a unit and a meaning', () => {
        for (const [name, param] of Object.entries(meta.params)) {
          assert.ok(Number.isFinite(param.default) && param.default >= 0, name)
          assert.ok(['duration', 'size', 'count', 'ratio'].includes(param.unit), name)
          assert.ok(param.means.length > 5, name)
        }
        assert.ok(Number.isFinite(meta.for) && meta.for >= 0)
      })
      it('names what mutes it and what it mutes', () => {
        for (const kind of meta.mutedBy) assert.ok(PLANNED.includes(kind), kind)
        for (const id of meta.inhibits) {
          assert.match(id, KEBAB)
          assert.notEqual(id, meta.id)
        }
      })
      it('has stories that fire, that stay silent, and with an input missing', () => {
        assert.ok(written.has(`${meta.id}.test.ts`), `expected stories in test/rules/${meta.id}.test.ts`)
        const { silent, fires, missing } = registered.get(meta.id) ?? { silent: 0, fires: 0, missing: 0 }
        assert.ok(silent > 0 && fires > 0 && missing > 0, `silent ${silent}, fires ${fires}, missing ${missing}`)
      })
    })

  it('have no stories left of rules that are gone', () => {
    const ids = new Set(rules.map(({ meta }) => `${meta.id}.test.ts`))
    assert.deepEqual(
      [...written].filter((file) => !ids.has(file)),
      [],
    )
  })
})

describe('event types', () => {
  const made = new Set(recogniser.entries.map(({ type }) => type as string))

  it('of messages are known ones', () => {
    for (const { type, text } of recogniser.entries) assert.ok(known(type), `${type} of: ${text}`)
  })

  for (const { id, on = {} } of facets)
    it(`that the facet ${id} reads exist, and some message gives them`, () => {
      for (const type of Object.keys(on)) {
        assert.ok(known(type), type)
        assert.ok(made.has(type), `no message gives ${type}`)
      }
    })

  for (const folder of ['rules', 'src/facets', 'src/model'])
    it(`that ${folder} asks for exist`, async () => {
      for (const file of await readdir(join(root, folder))) {
        const text = await readFile(join(root, folder, file), 'utf8')
        for (const [, type = ''] of text.matchAll(WRITTEN)) assert.ok(known(type), `${folder}/${file}: ${type}`)
      }
    })
})

describe('messages', () => {
  it('say what they mean', () => {
    for (const { text, means } of recogniser.entries) assert.ok(means.length > 5, `no meaning: ${text}`)
  })

  it('have samples that they match, and no other message does', () => {
    for (const entry of recogniser.entries)
      for (const sample of entry.samples) {
        const bytes = encoder.encode(sample)
        const id = recogniser.match(entry.program, bytes, 0, bytes.length)
        assert.equal(recogniser.entries[id]?.text, entry.text, sample)
      }
  })

  it('have holes with names of their own', () => {
    for (const { text, holes } of recogniser.entries) assert.equal(new Set(holes).size, holes.length, text)
  })
})
