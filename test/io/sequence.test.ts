import assert from 'node:assert/strict'
import { it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { probe } from '../../src/ingest/probe.ts'
import { findInputs } from '../../src/io/files/find.ts'
import { sequences } from '../../src/io/files/sequence.ts'
import { drain, folder, line, lines, reversed } from './folder.ts'

/** The sequences of a folder: names of their files, and what they give. */
async function chained(files: Readonly<Record<string, string | Uint8Array>>): Promise<Record<string, string>> {
  const root = folder(files)
  const result: Record<string, string> = {}
  for (const { files } of await sequences(await findInputs([root]), probe)) {
    const names = files.map(({ name }) => name.slice(root.length + 1)).join(' ')
    result[names] = (await Promise.all(files.map((file) => drain(file.open())))).join('')
  }
  return result
}

it('puts rotated files into their true order, packed ones too', async () => {
  assert.deepEqual(
    await chained({
      'pg-0/patroni.log': lines(3000, 4000),
      'pg-0/patroni.log.1': lines(2000, 3000),
      'pg-0/patroni.log.2.gz': gzipSync(lines(1000, 2000)),
      'pg-0/patroni.log.3.gz': gzipSync(lines(0, 1000)),
    }),
    { 'pg-0/patroni.log.3.gz pg-0/patroni.log.2.gz pg-0/patroni.log.1 pg-0/patroni.log': lines(0, 4000) },
  )
})

it('goes by the times in a ring and in dated names, not by the names', async () => {
  assert.deepEqual(
    await chained({
      'pg-0/postgresql-1.csv': lines(2000, 3000),
      'pg-0/postgresql-2.csv': '',
      'pg-0/postgresql-6.csv': lines(0, 1000),
      'pg-0/postgresql-7.csv': lines(1000, 2000),
      'pg-1.log-20260301': lines(500, 600),
      'pg-1.log-20260302': lines(100, 500),
    }),
    {
      'pg-0/postgresql-6.csv pg-0/postgresql-7.csv pg-0/postgresql-1.csv': lines(0, 3000),
      'pg-0/postgresql-2.csv': '',
      'pg-1.log-20260302 pg-1.log-20260301': lines(100, 600),
    },
  )
})

it('keeps files apart that overlap, and members', async () => {
  const overlapping = {
    'pg-0/patroni.log': lines(500, 1500),
    'pg-0/patroni.log.1': lines(0, 1000),
    'pg-1/patroni.log': lines(2000, 3000),
  }
  assert.deepEqual(Object.keys(await chained(overlapping)).sort(), Object.keys(overlapping).sort())
})

it('chains in spite of a late line across the rotation', async () => {
  const files = { 'pg-0/patroni.log.1': lines(0, 1000), 'pg-0/patroni.log': line(985) + lines(1000, 2000) }
  assert.deepEqual(Object.keys(await chained(files)), ['pg-0/patroni.log.1 pg-0/patroni.log'])
})

it('goes by the numbers where no line has a time', async () => {
  const files = { 'x.log': 'c\n', 'x.log.1': 'b\n', 'x.log.10': 'a\n' }
  assert.deepEqual(await chained(files), { 'x.log.10 x.log.1 x.log': 'a\nb\nc\n' })
})

it('turns newest-first files, also rotated and packed ones', async () => {
  assert.deepEqual(
    await chained({
      'db1.log': reversed(lines(0, 20_000)),
      'db2.log': reversed(lines(1000, 2000)),
      'db2.log.1.gz': gzipSync(reversed(lines(0, 1000))),
    }),
    { 'db1.log': lines(0, 20_000), 'db2.log.1.gz db2.log': lines(0, 2000) },
  )
})

it('knows from when to when', async () => {
  const noon = Date.UTC(2026, 2, 1, 12)
  const root = folder({ 'db1.log': lines(0, 1010), 'db2.log': reversed(lines(0, 1010)), 'db3.log': 'words\n' })
  const spans = (await sequences(await findInputs([root]), probe)).map(({ from, to }) => [from, to])
  const span = [noon + 123, noon + 1_000_123]
  assert.deepEqual(spans, [span, span, [null, null]])
})
