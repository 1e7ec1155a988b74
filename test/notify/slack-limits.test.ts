import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Doc, Part } from '../../src/notify/render/doc.ts'
import { slackMessage } from '../../src/notify/render/slack.ts'
import { refusalOf } from '../../src/standin/slack-limits.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer({ min: 0, max: 3_500 }).map((length) => '🐘"'.repeat(length / 3 + 1).slice(0, length)),
)
const texts = fc.array(text, { maxLength: 10 })
const part: fc.Arbitrary<Part> = fc
  .record({ rank: fc.integer({ min: 0, max: 8 }), text, texts, others: texts })
  .chain(({ rank, text, texts, others }) =>
    fc.constantFrom<Part>(
      { part: 'paragraph', rank, text },
      { part: 'pair', rank, says: texts, does: others },
      { part: 'quotes', rank, quotes: [...texts, ''].map((source) => ({ text, source })) },
      { part: 'list', rank, label: 'Changes', items: texts },
      { part: 'table', rank, head: ['member', 'state'], rows: texts.map((each) => [each, text]) },
      { part: 'commands', rank, label: 'Check first', lines: [text, ...texts] },
      { part: 'link', rank, label: text, url: `https://runbooks.example/${encodeURIComponent(text.toWellFormed())}` },
    ),
  )
const doc: fc.Arbitrary<Doc> = fc.record({
  title: text,
  mark: fc.constantFrom('critical', 'good'),
  brief: text.map((brief) => brief.slice(0, 300)),
  parts: fc.array(part, { minLength: 1, maxLength: 20 }),
})

/** Texts and their lengths as they stand in blocks. */
const headers = (blocks: readonly object[]) => (blocks as readonly { type: string }[]).map(({ type }) => type)

describe('a message to Slack', () => {
  it('is one that Slack takes, however long and many its parts are', () => {
    fc.assert(
      fc.property(doc, (given) => {
        const { text, blocks } = slackMessage(given)
        assert.equal(refusalOf(text, blocks as never[]), null)
        assert.equal(headers(blocks)[0], 'header')
      }),
      { numRuns: 100 },
    )
  })

  /** A part of about a third of what a message may hold. */
  const third = (name: string, rank: number): Part => ({ part: 'paragraph', rank, text: name.repeat(2_990) })
  const kept = (parts: readonly Part[]) =>
    (slackMessage({ title: 't', mark: 'good', brief: 'b', parts }).blocks as { text: { text: string } }[])
      .slice(1)
      .map(({ text }) => text.text[0])
      .join('')

  it('that is too long loses what is needed least, of such the last, and keeps the rest in its order', () => {
    assert.equal(kept([third('a', 1), third('b', 0), third('c', 2)]), 'abc')
    assert.equal(kept([third('a', 3), third('b', 0), third('c', 2), third('d', 1)]), 'bcd')
    assert.equal(kept([third('a', 1), third('b', 2), third('c', 0), third('d', 2), third('e', 2)]), 'abc')
    assert.equal(kept([third('a', 0), third('b', 0), third('c', 0), third('d', 0)]), 'abc')
  })

  it('keeps the beginning of the one part that is too long alone', () => {
    const items = Array.from({ length: 80 }, (_, at) => `${String(at).padStart(2, '0')} ${'x'.repeat(200)}`)
    const { blocks } = slackMessage({
      title: 't',
      mark: 'good',
      brief: 'b',
      parts: [
        { part: 'list', rank: 0, label: 'Changes', items },
        { part: 'paragraph', rank: 1, text: 'gone' },
      ],
    })
    const all = JSON.stringify(blocks)
    assert.match(all, /Changes\\n.*• 00 x.*• 13 x.*• 14 x.*• 40 x/)
    assert.doesNotMatch(all, /• 79|gone/)
    assert.equal(refusalOf('t', blocks as never[]), null)
  })

  it('has as many blocks as Slack takes, and no fewer', () => {
    const parts = Array.from({ length: 60 }, (_, at): Part => ({ part: 'paragraph', rank: at, text: `${at}` }))
    assert.equal(slackMessage({ title: 't', mark: 'good', brief: 'b', parts }).blocks.length, 50)
  })

  it('says that there is nothing where a rule said nothing: a text of no characters is refused', () => {
    const { blocks } = slackMessage({
      title: 't',
      mark: 'good',
      brief: 'b',
      parts: [{ part: 'paragraph', rank: 0, text: '' }],
    })
    assert.equal(refusalOf('t', blocks as never[]), null)
  })
})
