import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatDuration, formatSize, parseDuration, parseSize } from '../../src/config/quantity.ts'
import { loadFacets, loadRules } from '../../src/io/shelves.ts'
import type { Param, RuleMeta } from '../../src/model/rule.ts'

const rules = await loadRules()
const ids = new Set(rules.map(({ meta }) => meta.id))
const HOLES = new Set(['member', 'cluster', 'scope'])

/** What every rule owes its reader; loading has proven that its id is its file's name. */
const OWED: Readonly<Record<string, (meta: RuleMeta) => boolean>> = {
  'an id of words': ({ id }) => /^[a-z]+(-[a-z]+)*$/.test(id),
  'a summary without a full stop': ({ summary }) => summary.length > 10 && !summary.endsWith('.'),
  'when it fires, ends, and stays silent': ({ fires, ends, silent }) =>
    [fires, ends, silent].every((text) => text.length > 10),
  'a blind spot': ({ blindSpots }) => blindSpots.length > 0 && blindSpots.every(isSaid),
  'a remedy with commands': ({ remedy }) => remedy.length > 0 && remedy.every((line) => line.trim() !== ''),
  'the inputs it needs': ({ needs }) => needs.length > 0 && needs.every(isSaid),
  'placeholders that are filled in': ({ remedy }) =>
    remedy.every((line) => [...line.matchAll(/(?<!%)\{(\w+)\}/g)].every(([, name]) => HOLES.has(name as string))),
  'consequences that are rules, and not itself': ({ id, inhibits }) =>
    inhibits.every((other) => ids.has(other) && other !== id),
  'a length that is a duration': ({ for: length }) => Number.isSafeInteger(length) && length >= 0,
  'parameters with a meaning and a default that can be written': ({ params }) =>
    Object.values(params).every((param) => isSaid(param.means) && param.default >= 0 && writable(param)),
}

function isSaid(text: string): boolean {
  return text.length > 5
}

function writable({ unit, default: value }: Param): boolean {
  if (unit === 'duration') return parseDuration(formatDuration(value)) === value
  if (unit === 'size') return parseSize(formatSize(value)) === value
  return unit === 'count' ? Number.isSafeInteger(value) : Number.isFinite(value)
}

it('there are rules and facets, and each is named as its file', async () => {
  assert.ok(rules.length > 0)
  assert.ok((await loadFacets()).length > 0)
})

for (const { meta } of rules) {
  describe(meta.id, () => {
    for (const [what, has] of Object.entries(OWED)) it(`has ${what}`, () => assert.ok(has(meta)))
  })
}
