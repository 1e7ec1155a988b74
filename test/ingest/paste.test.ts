import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { headed } from '../../src/ingest/heading.ts'
import { behindLead, formOf, leadOf, marksOf } from '../../src/ingest/paste.ts'

const LINE = '2026-03-04 05:06:07,089 INFO: Lock owner: db-2; I am db-2'

describe('what stands in front of a copied line', () => {
  const named: readonly (readonly [lead: string, member: string | null, constant: boolean])[] = [
    ['db-2: ', 'db-2', true],
    ['[db-2] ', 'db-2', true],
    ['[db-2 postgres] ', 'db-2', true],
    ['orders/db-2[postgres]: ', 'db-2', true],
    ['logs/db-2.log:', 'db-2', true],
    ['logs/db-2.log:118:', 'db-2', false],
    ['db-2/postgresql-17-main.log:118:', 'db-2', false],
    ['/var/log/postgresql/postgresql-17-main.log:', null, false],
    ['pg_log/postgresql-2026-03-04_050607.log:', null, false],
    ['db-2 postgres ', 'db-2', true],
    ['2026-03-04T05:06:07.089Z\t', null, false],
    ['Mar 4, 2026 @ 05:06:07.089\t', null, false],
    ['"Mar 4, 2026 @ 05:06:07.089","db-2","', 'db-2', false],
    ['patroni: ', null, false],
    ['118: ', null, false],
    ['selecting default max_connections ... ', null, false],
    ['and then it says: ', null, false],
    ['cp: ', null, false],
    ['pg_basebackup: ', null, false],
  ]
  for (const [lead, member, constant] of named)
    it(`${JSON.stringify(lead)} names ${member ?? 'nobody'}`, () => {
      const found = leadOf(lead + LINE)
      assert.equal(found?.length, lead.length)
      assert.equal(found.member, member)
      assert.equal(found.constant, constant)
    })

  const headings: readonly (readonly [heading: string, member: string | null | undefined])[] = [
    ['==> /var/log/db-2/patroni.log <==', 'db-2'],
    ['==> db-2.log <==', 'db-2'],
    ['==> db-2/postgresql-Mon.log <==', 'db-2'],
    ['==> db-2/server.log <==', 'db-2'],
    ['======= db-2 =======', 'db-2'],
    ['==> patroni.log <==', null],
    ['==> /var/log/postgresql/postgresql-17-main.log <==', null],
    ['==> pg_log/postgresql-2026-03-04_050607.log.1 <==', null],
    ['==> /home/somebody/patroni.log <==', null],
    ['==> /var/log/messages <==', null],
    ['==> pg_log/postgresql-7.csv <==', null],
    ['==> db-2.txt <==', 'db-2'],
    ['==> a <== b', undefined],
  ]
  for (const [heading, member] of headings)
    it(`${heading} names ${member}`, () => assert.equal(headed(heading), member))

  it('a program that was about to say something names nobody, in front of a line of PostgreSQL either', () => {
    const line = '2026-03-04 05:06:07.089 UTC [71] LOG:  database system is ready to accept read-only connections'
    assert.deepEqual(leadOf(`cp: ${line}`), { length: 4, member: null, stream: '', opened: null, constant: false })
    assert.equal(leadOf(`db-2: ${line}`)?.member, 'db-2')
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

  it('a quotation or a frame that was opened is closed behind the line', () => {
    const inner = (text: string) => {
      const lead = leadOf(text) ?? marksOf(text)
      return lead === null ? null : behindLead(text, lead)
    }
    assert.equal(inner(`"2026-03-04","${LINE}"`), LINE)
    assert.equal(inner(`"2026-03-04","${LINE}","db-2"`), LINE)
    assert.equal(inner(`x: "${LINE} with ""marks"" in it"`), `${LINE} with "marks" in it`)
    assert.equal(inner(`│ postgres ${LINE}            │`), LINE)
  })

  it('lines without a time stand behind leads of the same form', () => {
    const form = formOf('2026-03-04 05:06:07.891 +0100 [db-2] ')
    assert.equal(form.exec('2026-03-04 06:16:17.1 +0100 [db-3] Traceback')?.[0], '2026-03-04 06:16:17.1 +0100 [db-3] ')
    assert.equal(form.exec('Traceback'), null)
  })
})
