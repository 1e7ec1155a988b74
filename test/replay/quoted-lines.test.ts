import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { read } from '../ingest/envelopes/records.ts'
import { at, paste, patroni, postgres, told } from './excerpt.ts'

/** Lines of another cluster, as a table of logs holds them. */
const DEMOTED = patroni(3, 'demoting self because DCS is not accessible and I was a leader')
const FULL = postgres(3, 'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device')
const json = JSON.stringify

/** What PostgreSQL logs behind its prefix when clients have to do with such lines. */
const QUOTING: readonly string[] = [
  'LOG:  database system is ready to accept connections',
  `LOG:  duration: 15.322 ms  statement: select '${DEMOTED}'`,
  'ERROR:  duplicate key value violates unique constraint "lines_pkey"',
  `DETAIL:  Key (line)=(${DEMOTED}) already exists.`,
  `STATEMENT:  insert into lines values ('${DEMOTED}')`,
  'LOG:  statement: insert into lines values',
  `\t('${DEMOTED}'),`,
  `\t('${FULL}')`,
  `\t${FULL}`,
  'LOG:  duration: 5001.5 ms  plan:',
  '\tSeq Scan on lines',
  `\t  Filter: (line = '${DEMOTED}'::text)`,
  `LOG:  statement: insert into lines values ('${json({ message: DEMOTED })}')`,
  `\t${json({ message: 'demoting self because DCS is not accessible', levelname: 'INFO', asctime: `${at(3)},100` })}`,
  `\t${json({ log: `${FULL}\n`, stream: 'stdout', time: '2026-03-04T05:06:10.100000000Z' })}`,
  'LOG:  statement: copy lines from stdin',
  `\t${at(3)}.100 UTC,,,71,,1.1,1,,,,0,PANIC,53100,"could not write: No space left on device",,,,,,,,,""`,
  `\tdb-9 postgres ${DEMOTED}`,
  `\tdb-9: ${DEMOTED}`,
  `NOTICE:  ${DEMOTED}`,
  'LOG:  database system is shut down',
]

const WRITTEN = QUOTING.map((line) => (line.startsWith('\t') ? line : postgres(7, line)))

/** Ways to keep the lines, and prefixes. */
const KEPT: Readonly<Record<string, (line: string) => string>> = {
  'as written': (line) => line,
  'with a prefix of its own': (line) => line.replace(/^\d.*?UTC/, '< $& >'),
  'with epoch seconds': (line) => line.replace(/^\d.*?UTC/, '1772600767.100'),
  'by docker': (line) => json({ log: `${line}\n`, stream: 'stderr', time: '2026-03-04T05:06:07.100000000Z' }),
  'by journald': (line) => `Mar  4 05:06:07 db-1 postgres[71]: ${line}`,
  'by rsyslog': (line) => `2026-03-04T05:06:07.100000+00:00 db-1 postgres[71]: ${line.replace(/^\t/, '#011')}`,
  'by PostgreSQL to syslog': (line) =>
    `Mar  4 05:06:07 db-1 postgres[71]: ${line.startsWith('\t') ? '[9-2] #011' : '[9-1] '}${line.replace(/^\t|^\d.*?] /, '')}`,
  'behind the time of ts': (line) => `Mar 04 05:06:07 ${line}`,
  'in a list of JSON': (line) => `        ${json(line)},`,
  'in CSV of CloudWatch': (line) => `1772600767100,"${line.replaceAll('"', '""')}"`,
}

describe('lines of logs in a statement, a plan or a notice are none', () => {
  for (const [kept, keep] of Object.entries(KEPT))
    it(kept, async () => {
      const [first, last] = [WRITTEN.at(0), WRITTEN.at(-1)] as [string, string]
      assert.deepEqual(await told(paste(...WRITTEN.map(keep))), await told(paste(...[first, last].map(keep))))
    })

  it('in records of a topic, a line each', () => {
    const heard = read(WRITTEN)
    const plain = WRITTEN.filter((line) => !line.startsWith('\t') && !/DETAIL|STATEMENT/.test(line))
    assert.deepEqual(
      heard.filter(({ outcome }) => outcome === 'line').map(({ text }) => text),
      plain,
    )
    assert.ok(heard.every(({ text, message }) => !text.startsWith('\t') || message === ''))
  })

  it('but lines that somebody indented are', async () => {
    const story = await told(paste(`\t${WRITTEN[0]}`, `\t${FULL}`))
    assert.ok(story.some((line) => line.includes('disk-full')))
  })
})
