/** Files followed over rotation, restarts and whatever else happens to them. */
import assert from 'node:assert/strict'
import { copyFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { until } from '../kafka/help.ts'
import { numbered, type Reading, reading, rename, text } from './reading.ts'

let of: Reading
beforeEach(() => {
  of = reading()
})
afterEach(() => of.dispose())

const LOG = 'shop/pg-0.log'

describe('a file that is followed', () => {
  it('gives whole lines as they come, with their numbers; a line without its end waits', async () => {
    of.append(LOG, 'one\ntwo\nthr')
    await of.start()
    await of.expect(LOG, ['one', 'two'])
    of.append(LOG, 'ee')
    of.append(LOG, '\nfour\n')
    await of.expect(LOG, ['one', 'two', 'three', 'four'])
    assert.deepEqual(
      of.came(LOG).map(({ line }) => line),
      [1, 2, 3, 4],
    )
  })

  it('is found when it comes up later, in folders made later too', async () => {
    await of.start()
    of.append('shop/new/pg-1/patroni.log', 'one\n')
    await of.expect('shop/new/pg-1/patroni.log', ['one'])
  })

  it('is found by a glob, and others are not', async () => {
    await of.start({ paths: [of.path('*/pg-*.log')] })
    of.append('shop/other.log', 'no\n')
    of.append(LOG, 'one\n')
    await of.expect(LOG, ['one'])
    assert.deepEqual(of.files(), [LOG])
  })

  it('is read on where it was after a restart, again from what was not committed', async () => {
    of.append(LOG, 'one\ntwo\n')
    await of.start()
    await of.expect(LOG, ['one', 'two'])
    await of.kill()
    of.append(LOG, 'three\n')
    await of.start({ commits: false })
    await of.expect(LOG, ['three'])
    const [before] = of.came(LOG)
    await of.kill()
    of.append(LOG, 'four\n')
    await of.start()
    await of.expect(LOG, ['three', 'four'])
    assert.equal(of.came(LOG)[0]?.offset, before?.offset)
  })

  it('is the same log after a restart when rotation has moved its file away and no other stands there yet', async () => {
    of.append(LOG, text(numbered(1, 3)))
    await of.start()
    await of.expect(LOG, numbered(1, 3))
    await of.kill()
    of.append(LOG, text(numbered(4, 2)))
    rename(of, LOG, `${LOG}.1`)
    await of.start()
    await of.expect(LOG, numbered(4, 2))
    of.append(LOG, text(numbered(6, 2)))
    await of.expect(LOG, numbered(4, 4))
    assert.deepEqual(of.files(), [LOG])
  })

  it('that is deleted and made anew is read from its start', async () => {
    of.append(LOG, text(numbered(1, 3)))
    await of.start()
    await of.expect(LOG, numbered(1, 3))
    rmSync(of.path(LOG))
    of.append(LOG, text(numbered(4, 2)))
    await of.expect(LOG, numbered(1, 5))
  })

  it('with a line of many megabytes is read on; of the line its head is used', async () => {
    await of.start()
    of.append(LOG, 'one\n')
    for (let part = 0; part < 5; part++) of.append(LOG, 'x'.repeat(1_000_000))
    of.append(LOG, '\ntwo\n')
    await until('all lines', () => of.came(LOG).length === 3)
    assert.deepEqual(
      of.came(LOG).map(({ text: { length }, line }) => [line, length]),
      [
        [1, 3],
        [2, 1024 * 1024],
        [3, 3],
      ],
    )
  })

  it('is one of hundreds', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `shop/pg-${index}.log`)
    for (const name of names) of.append(name, 'one\n')
    await of.start()
    await until('the first lines', () => names.every((name) => of.came(name).length === 1))
    for (const name of names) of.append(name, 'two\n')
    await until('the second lines', () => names.every((name) => of.came(name).length === 2))
  })

  it('that is no log is left out of a folder', async () => {
    writeFileSync(of.path('core'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1]))
    of.append('old.log.gz', 'packed')
    of.append(LOG, 'one\n')
    await of.start()
    await of.expect(LOG, ['one'])
    assert.deepEqual(of.files(), [LOG])
  })
})

describe('the first time', () => {
  /** A line of so long ago, ms; the files of these tests are older than what is looked back to. */
  const at = (ago: number): string =>
    `${new Date(Date.now() - ago).toISOString().slice(0, 23).replace('T', ' ').replace('.', ',')} INFO: ${ago}`
  const old = Array.from({ length: 5_000 }, (_, index) => at(86_400_000 - index))
  const touch = (name: string, ago: number): void => {
    const time = (Date.now() - ago) / 1000
    utimesSync(of.path(name), time, time)
  }

  it('a file begins at its first line of the last minutes', async () => {
    const recent = [at(-60_000), at(-61_000)]
    of.append(LOG, text([...old, 'Traceback', '  of an old line', ...recent]))
    touch(LOG, -60_000)
    await of.start({ backfill: 0 })
    await of.expect(LOG, recent)
    assert.equal(of.came(LOG)[0]?.line, old.length + 3)
  })

  it('one that is not written to any more begins where it ends, when somebody writes to it', async () => {
    of.append(LOG, text(old))
    touch(LOG, 80_000_000)
    await of.start({ backfill: 0 })
    assert.deepEqual(of.files(), [])
    of.append(LOG, 'new\n')
    await of.expect(LOG, ['new'])
    assert.equal(of.came(LOG)[0]?.line, old.length + 1)
  })

  it('goes back to what rotation has put aside since', async () => {
    of.append(`${LOG}.2`, text(numbered(1, 2)))
    of.append(`${LOG}.1`, text(numbered(3, 2)))
    of.append(LOG, text(numbered(5, 2)))
    touch(`${LOG}.2`, 80_000_000)
    await of.start()
    await of.expect(LOG, numbered(3, 4))
  })
})

describe('rotation by renaming', () => {
  it('reads the old file to its end before the new one', async () => {
    of.append(LOG, text(numbered(1, 3)))
    await of.start()
    await of.expect(LOG, numbered(1, 3))
    rename(of, LOG, `${LOG}.1`)
    of.append(`${LOG}.1`, text(numbered(4, 2)))
    of.append(LOG, text(numbered(6, 2)))
    await of.expect(LOG, numbered(1, 7))
    assert.deepEqual(
      of.came(LOG).map(({ line }) => line),
      [1, 2, 3, 4, 5, 1, 2],
    )
    assert.deepEqual(of.files(), [LOG])
  })

  it('waits for a writer that has not turned to the new file yet', async () => {
    of.append(LOG, text(numbered(1, 2)))
    await of.start()
    await of.expect(LOG, numbered(1, 2))
    rename(of, LOG, `${LOG}.1`)
    of.append(LOG, '')
    of.append(`${LOG}.1`, text(numbered(3, 1)))
    await of.expect(LOG, numbered(1, 3))
    of.append(`${LOG}.1`, text(numbered(4, 1)))
    of.append(LOG, text(numbered(5, 1)))
    await of.expect(LOG, numbered(1, 5))
  })

  it('several times while nobody looked, with what was not read before', async () => {
    of.append(LOG, text(numbered(1, 3)))
    await of.start()
    await of.expect(LOG, numbered(1, 3))
    await of.kill()
    for (let turn = 0; turn < 3; turn++) {
      of.append(LOG, text(numbered(4 + 4 * turn, 2)))
      for (let number = 3; number > 0; number--)
        if (number <= turn) rename(of, `${LOG}.${number}`, `${LOG}.${number + 1}`)
      rename(of, LOG, `${LOG}.1`)
      of.append(LOG, text(numbered(6 + 4 * turn, 2)))
    }
    await of.start()
    await of.expect(LOG, numbered(4, 12))
    assert.ok(!of.events.includes('file-lost'))
  })

  it('gives lines the same offsets when they are read again', async () => {
    of.append(LOG, text(numbered(1, 2)))
    await of.start({ commits: false })
    await of.expect(LOG, numbered(1, 2))
    rename(of, LOG, `${LOG}.1`)
    of.append(LOG, text(numbered(3, 2)))
    await of.expect(LOG, numbered(1, 4))
    const before = of.came(LOG).map(({ offset }) => offset)
    await of.kill()
    rename(of, `${LOG}.1`, `${LOG}.2`)
    rename(of, LOG, `${LOG}.1`)
    of.append(LOG, text(numbered(5, 1)))
    await of.start({ commits: false })
    await of.expect(LOG, numbered(1, 5))
    assert.deepEqual(
      of
        .came(LOG)
        .map(({ offset }) => offset)
        .slice(0, 4),
      before,
    )
  })

  it('to names with a date, and to names of another kind in the same folder', async () => {
    of.append(LOG, text(numbered(1, 2)))
    await of.start()
    await of.expect(LOG, numbered(1, 2))
    rename(of, LOG, `${LOG}-20260101`)
    of.append(LOG, text(numbered(3, 2)))
    await of.expect(LOG, numbered(1, 4))
    rename(of, LOG, 'shop/kept-for-later.log')
    of.append(LOG, text(numbered(5, 2)))
    await of.expect(LOG, numbered(1, 6))
    assert.deepEqual(of.files(), [LOG])
  })

  it('says when lines are gone that were not read', async () => {
    of.append(LOG, text(numbered(1, 2)))
    await of.start()
    await of.expect(LOG, numbered(1, 2))
    await of.kill()
    rmSync(of.path(LOG))
    of.append(LOG, text(numbered(9, 2)))
    await of.start()
    await of.expect(LOG, numbered(9, 2))
    assert.ok(of.events.includes('file-lost'))
  })
})

describe('rotation by copying and emptying', () => {
  it('reads the emptied file from its start', async () => {
    of.append(LOG, text(numbered(1, 3)))
    await of.start()
    await of.expect(LOG, numbered(1, 3))
    copyFileSync(of.path(LOG), of.path(`${LOG}.1`))
    truncateSync(of.path(LOG))
    of.append(LOG, text(numbered(4, 1)))
    await of.expect(LOG, numbered(1, 4))
    assert.deepEqual(of.files(), [LOG])
  })

  it('is seen also when the new file is longer than the old one was', async () => {
    of.append(LOG, text(numbered(1, 2)))
    await of.start()
    await of.expect(LOG, numbered(1, 2))
    writeFileSync(of.path(LOG), text(numbered(3, 9)))
    await of.expect(LOG, numbered(1, 11))
  })

  it('reads the rest of the old lines in the copy', async () => {
    of.append(LOG, text(numbered(1, 3)))
    await of.start()
    await of.expect(LOG, numbered(1, 3))
    await of.kill()
    of.append(LOG, text(numbered(4, 3)))
    copyFileSync(of.path(LOG), of.path(`${LOG}.1`))
    truncateSync(of.path(LOG))
    of.append(LOG, text(numbered(7, 1)))
    await of.start()
    await of.expect(LOG, numbered(4, 4))
    assert.ok(!of.events.includes('file-lost'))
  })

  it('comes to rest when nothing is written any more', async () => {
    of.append(LOG, text(numbered(1, 3)))
    await of.start()
    await of.expect(LOG, numbered(1, 3))
    for (const number of [2, 1]) {
      copyFileSync(of.path(LOG), of.path(`${LOG}.${number}`))
      truncateSync(of.path(LOG))
    }
    const progress = () => of.consumer().progress()[0]
    await until('it to be idle', () => (progress()?.idleUntil ?? 0) - (progress()?.idleSince ?? 0) > 7_000)
    of.append(LOG, text(numbered(4, 1)))
    await of.expect(LOG, numbered(1, 4))
  })

  it('reads on behind the hole that a writer leaves who does not append', async () => {
    of.append(LOG, text(numbered(1, 3)))
    await of.start()
    await of.expect(LOG, numbered(1, 3))
    truncateSync(of.path(LOG))
    writeFileSync(of.path(LOG), Buffer.concat([Buffer.alloc(120), Buffer.from(text(numbered(4, 1)))]))
    await of.expect(LOG, numbered(1, 4))
  })
})

describe('an input', () => {
  it('is idle since its end was found, and until it was looked at last', async () => {
    of.append(LOG, 'one\n')
    await of.start()
    await of.expect(LOG, ['one'])
    const progress = () => of.consumer().progress()[0]
    await until('the input to be idle', () => progress()?.idleSince != null)
    const since = progress()?.idleSince as number
    await until('another look', () => (progress()?.idleUntil as number) > since)
    assert.equal(progress()?.idleSince, since)
    assert.equal(progress()?.next, progress()?.end)
    of.append(LOG, 'two\n')
    await of.expect(LOG, ['one', 'two'])
    await until('it to be idle anew', () => (progress()?.idleSince ?? since) > since)
  })
})
