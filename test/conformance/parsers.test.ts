import assert from 'node:assert/strict'
import { join, relative, sep } from 'node:path'
import { describe, it } from 'node:test'
import { compile } from '../../src/ingest/recognise.ts'
import { loadShelf } from '../../src/io/shelves.ts'
import { EVENT_TYPES } from '../../src/model/event-type.ts'
import type { Message, Program, Shelf } from '../../src/model/message.ts'
import { root } from '../../src/root.ts'

const folder = join(root, 'parsers')
const shelves = await loadShelf<Shelf>(folder)
const recogniser = compile(shelves.map(({ value }) => value))
const types = new Set<string>(EVENT_TYPES)
/** A folder holds the messages of the program of its name; Spilo's also those of its helpers and its Patroni callbacks. */
const HELPERS: Readonly<Record<string, readonly Program[]>> = { spilo: ['spilo', 'pgqd', 'wal-g', 'patroni'] }

function recognised(program: Program, sample: string): string {
  const bytes = Buffer.from(sample)
  const id = recogniser.match(program, bytes, 0, bytes.length)
  return recogniser.entries[id]?.text ?? 'nothing'
}

/** What is wrong with a message, a line each. */
function faults(program: Program, message: Message): string[] {
  const { type, text, means, samples } = message
  const found: string[] = []
  if (!types.has(type) && !type.startsWith('patroni.')) found.push(`unknown type ${type}`)
  if (means.trim().length <= 5) found.push('says nothing of what it means')
  if (samples.length === 0) found.push('has no sample')
  for (const sample of samples) {
    const other = recognised(program, sample)
    if (other !== text) found.push(`sample ${JSON.stringify(sample)} is recognised as ${other}`)
  }
  return found.map((fault) => `${text}: ${fault}`)
}

it('no wording of a program is there twice', () => {
  const seen = new Set<string>()
  const twice = shelves.flatMap(({ value: { program, messages, translations = {} } }) =>
    [...messages.map(({ text }) => text), ...Object.values(translations)]
      .map((text) => `${program}: ${text}`)
      .filter((wording) => seen.size === seen.add(wording).size),
  )
  assert.deepEqual(twice, [])
})

it('the holes of a wording have names of their own', () => {
  for (const { text, holes } of recogniser.entries) assert.equal(new Set(holes).size, holes.length, text)
})

describe('every message has a meaning and a sample that it alone matches', () => {
  for (const { file, value } of shelves) {
    const name = relative(folder, file)
    it(name, () => {
      const home = name.split(sep)[0] as string
      assert.ok((HELPERS[home] ?? [home]).includes(value.program), `${value.program} in the folder of ${home}`)
      assert.deepEqual(
        value.messages.flatMap((message) => faults(value.program, message)),
        [],
      )
    })
  }
})

describe('every translation has the holes of what it stands for, and is recognised as that', () => {
  const filled = (text: string) =>
    text
      .replaceAll(/\{\w+:int\}/g, '7')
      .replaceAll(/\{\w+:lsn\}/g, '0/3000060')
      .replaceAll(/\{\w+(:word)?\}/g, 'word')
  const holes = (text: string) => (text.match(/\{\w+(?::\w+)?\}/g) ?? []).sort()
  for (const { file, value } of shelves.filter(({ value: { translations } }) => translations !== undefined))
    it(relative(folder, file), () => {
      for (const [english, text] of Object.entries(value.translations ?? {})) {
        assert.deepEqual(holes(text), holes(english), english)
        assert.equal(recognised(value.program, filled(text)), text, english)
      }
    })
})
