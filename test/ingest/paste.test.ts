import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { leadOf, marksOf, unquoted } from '../../src/ingest/paste.ts'

const LINE = '2026-03-04 05:06:07,089 INFO: Lock owner: db-2; I am db-2'

describe('what stands in front of a copied line', () => {
  const named: readonly (readonly [lead: string, member: string | null, constant: boolean])[] = [
    ['db-2: ', 'db-2', true],
    ['[db-2] ', 'db-2', true],
    ['[db-2 postgres] ', 'db-2', true],
    ['orders/db-2[postgres]: ', 'db-2', true],
    ['logs/db-2.log:', 'db-2', true],
    ['logs/db-2.log:118:', 'db-2', false],
    ['db-2 postgres ', 'db-2', true],
    ['2026-03-04T05:06:07.089Z\t', null, false],
    ['Mar 4, 2026 @ 05:06:07.089\t', null, false],
    ['"Mar 4, 2026 @ 05:06:07.089","db-2","', 'db-2', false],
    ['patroni: ', null, false],
    ['118: ', null, false],
    ['selecting default max_connections ... ', null, false],
    ['and then it says: ', null, false],
  ]
  for (const [lead, member, constant] of named)
    it(`${JSON.stringify(lead)} names ${member ?? 'nobody'}`, () => {
      const found = leadOf(lead + LINE)
      assert.equal(found?.length, lead.length)
      assert.equal(found.member, member)
      assert.equal(found.constant, constant)
    })

  it('a line that begins with its own prefix has nothing in front of it', () => {
    assert.equal(leadOf(LINE), null)
    assert.equal(marksOf(LINE), null)
    assert.equal(leadOf('nothing of Patroni here'), null)
  })

  it('marks of quotation, of lists, and indentation', () => {
    for (const marks of ['> ', '>> ', '    ', '\t', '- ', '* ', '`', '&gt; ', '\u00a0 '])
      assert.equal(marksOf(marks + LINE)?.length, marks.length, JSON.stringify(marks))
    assert.equal(marksOf('    '), null)
  })

  it('a quotation mark that was opened is closed behind the line', () => {
    assert.equal(leadOf(`"2026-03-04","${LINE}"`)?.quoted, true)
    assert.equal(unquoted('a ""quoted"" word"'), 'a "quoted" word')
    assert.equal(unquoted('text","db-2"'), 'text')
    assert.equal(unquoted('text without an end'), 'text without an end')
  })
})
