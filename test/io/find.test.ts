import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { findInputs } from '../../src/io/files/find.ts'
import { InputError } from '../../src/io/files/input.ts'
import { drain, folder, line, lines, only, tar } from './folder.ts'

const TEXT = lines(0, 50_000)

async function fault(...paths: string[]): Promise<InputError> {
  const error = await findInputs(paths).catch((error: unknown) => error)
  assert.ok(error instanceof InputError, `expected an InputError, got ${error}`)
  return error
}

it('reads plain, gzip, zstd and UTF-16 files by their content, whatever their names', async () => {
  const root = folder({
    'plain.gz': TEXT,
    'packed.log': gzipSync(TEXT),
    'members.gz': Buffer.concat([gzipSync(TEXT.slice(0, 999)), gzipSync(TEXT.slice(999))]),
    'packed.zst': zstdCompressSync(TEXT),
    'frames.zst': Buffer.concat([zstdCompressSync(TEXT.slice(0, 999)), zstdCompressSync(TEXT.slice(999))]),
    'windows.log': Buffer.from(`\ufeff${TEXT}`, 'utf16le'),
    'windows.log.gz': gzipSync(Buffer.from(`\ufeff${TEXT}`, 'utf16le')),
  })
  const inputs = await findInputs([root])
  assert.equal(inputs.length, 7)
  for (const input of inputs) {
    const stream = input.open()
    assert.equal(await drain(stream), TEXT, input.name)
    assert.equal(stream.problem, null, input.name)
    assert.deepEqual(stream.lineNumbers, { first: 1, step: 1 })
  }
})

it('counts the bytes it reads for progress', async () => {
  const root = folder({ 'a.log': TEXT, 'b.log.gz': gzipSync(TEXT) })
  let read = 0
  const inputs = await findInputs([root], { onBytes: (count) => (read += count) })
  assert.equal(read, 0)
  for (const input of inputs) await drain(input.open())
  assert.equal(
    read,
    inputs.reduce((sum, { bytes }) => sum + bytes, 0),
  )
})

it('uses what a truncated file still holds, and says where it ends', async () => {
  const packed = gzipSync(TEXT)
  const root = folder({
    'cut.gz': packed.subarray(0, packed.length * 0.6),
    'cut.tar': tar({ 'pg-0.log': TEXT }).subarray(0, 512 + 5000),
  })
  for (const [name, problem] of [
    ['cut.gz', /^truncated gzip after \d+ bytes$/],
    ['cut.tar', new RegExp(`^truncated tar after 5000 of ${TEXT.length} bytes$`)],
  ] as const) {
    const stream = (await only(join(root, name))).open()
    const text = await drain(stream)
    assert.ok(text.length >= 5000 && TEXT.startsWith(text), name)
    assert.match(stream.problem ?? '', problem)
  }
})

it('says where an archive ends before its time, whatever it is cut in', async () => {
  const whole = tar({ 'pg-0.log': TEXT, core: Buffer.alloc(1600, 1), 'pg-1.log': TEXT })
  const second = 512 + Math.ceil(TEXT.length / 512) * 512
  const broken = Buffer.from(whole)
  broken.fill(7, second, second + 512)
  const cases: Readonly<Record<string, readonly [bytes: Uint8Array, note: string]>> = {
    'header.tar': [whole.subarray(0, second + 100), `truncated tar after ${second + 100} bytes`],
    'no-log.tar': [whole.subarray(0, second + 600), 'truncated tar after 88 of 1600 bytes'],
    'damaged.tar': [broken, `damaged tar at byte ${second}: expected the header of a file`],
  }
  const root = folder(Object.fromEntries(Object.entries(cases).map(([name, [bytes]]) => [name, bytes])))
  for (const [name, [, note]] of Object.entries(cases)) {
    const notes: string[] = []
    const inputs = await findInputs([join(root, name)], { onNote: (text) => notes.push(text) })
    assert.deepEqual(
      inputs.map((input) => input.name),
      [`${join(root, name)}:pg-0.log`],
    )
    assert.ok(notes.includes(`${join(root, name)}: ${note}`), notes.join('\n'))
  }
  const none: string[] = []
  await findInputs([join(folder({ 'bare.tar': whole.subarray(0, -1024) }), 'bare.tar')], {
    onNote: (text) => none.push(text),
  })
  assert.ok(!none.some((text) => text.includes('truncated')), none.join('\n'))
})

it('says where a damaged file ends', async () => {
  const packed = gzipSync(TEXT)
  packed.fill(7, packed.length >> 1, (packed.length >> 1) + 50)
  const stream = (await only(join(folder({ 'bad.gz': packed }), 'bad.gz'))).open()
  await drain(stream)
  assert.match(stream.problem ?? '', /^damaged gzip after \d+ bytes: /)
})

it('reads the members of an archive, plain, packed, and packed within', async () => {
  const long = `${'deep/'.repeat(30)}demo/pg-2/patroni.log`
  const members = { 'demo/pg-0.log': line(0), 'demo/pg-1/patroni.log.1.gz': gzipSync(line(1)), [long]: line(2) }
  const root = folder({
    'a.tar': tar(members),
    'b.tgz': gzipSync(tar(members)),
    'c.bin': zstdCompressSync(tar(members)),
  })
  for (const file of ['a.tar', 'b.tgz', 'c.bin']) {
    const inputs = await findInputs([join(root, file)])
    assert.deepEqual(
      inputs.map(({ identity }) => `${identity.cluster} ${identity.member}`),
      ['demo pg-0', 'demo pg-1', 'demo pg-2'],
    )
    assert.equal(inputs[0]?.name, `${join(root, file)}:demo/pg-0.log`)
    // All at once, as the merge does.
    assert.deepEqual(await Promise.all(inputs.map((input) => drain(input.open()))), [line(0), line(1), line(2)])
  }
})

it('lets the name of an archive stand in for what its members do not say', async () => {
  const root = folder({ 'pg-7.tar.gz': gzipSync(tar({ 'patroni.log': line(0) })) })
  assert.equal((await only(root)).identity.member, 'pg-7')
})

it('finds files in folders and by globs, in the order of their numbers', async () => {
  const root = folder({
    'demo/pg-10.log': line(1),
    'demo/pg-9.log': line(1),
    'demo/.hidden': 'x',
    'other/x/pg-1.log': line(1),
  })
  const names = async (path: string) => (await findInputs([path])).map(({ name }) => name.slice(root.length + 1))
  assert.deepEqual(await names(root), ['demo/pg-9.log', 'demo/pg-10.log', 'other/x/pg-1.log'])
  assert.deepEqual(await names(join(root, '*/*.log')), ['demo/pg-9.log', 'demo/pg-10.log'])
  assert.deepEqual(await names(join(root, '**/pg-?.log')), ['demo/pg-9.log', 'other/x/pg-1.log'])
})

it('leaves out what is no log in a folder, with a note, and lists captures apart', async () => {
  const poll = '{"t":1.5,"member":"pg-0","path":"/patroni","status":200,"body":{}}\n'
  const root = folder({
    'README.md': '# words',
    'expected.json': '{}',
    'picture.bin': Uint8Array.from({ length: 999 }, (_, at) => (at * 7919) % 256),
    'pg-0.log': line(0),
    'pretty.json': '{\n  "a": 1\n}',
    'rest.jsonl.gz': gzipSync(poll),
    'long.jsonl': `{"t":1.5,"member":"pg-0","path":"/metrics","text":"${'x'.repeat(300_000)}"}\n`,
    'truth.jsonl': '{"t":1.5,"type":"sample"}\n',
  })
  symlinkSync('pg-0.log', join(root, 'zz.log'))
  const notes: string[] = []
  const inputs = await findInputs([root], { onNote: (note) => notes.push(note.slice(root.length + 1)) })
  assert.deepEqual(
    inputs.map(({ name, kind }) => [name.slice(root.length + 1), kind]),
    [
      ['long.jsonl', 'capture'],
      ['pg-0.log', 'log'],
      ['rest.jsonl.gz', 'capture'],
    ],
  )
  assert.equal(notes.length, 6, notes.join('\n'))
  assert.ok(notes.includes('picture.bin: left out, binary'))
  // Named by the user, it is read whatever it is.
  assert.equal((await only(join(root, 'picture.bin'))).kind, 'log')
})

it('reads what stands behind the hole of a log that was truncated under its writer', async () => {
  const root = folder({
    'pg-0.log': Buffer.concat([Buffer.alloc(1_000_000), Buffer.from(TEXT)]),
    'zeros.log': Buffer.alloc(1_000_000),
  })
  const notes: string[] = []
  const inputs = await findInputs([root], { onNote: (note) => notes.push(note.slice(root.length + 1)) })
  assert.deepEqual(notes, ['zeros.log: left out, binary'])
  assert.equal(inputs.length, 1)
  assert.equal(await drain((inputs[0] as (typeof inputs)[number]).open()), TEXT)
})

it('says what is missing, empty or of another packing: the user erred', async () => {
  const root = folder({ 'only/README.md': '#', 'a.xz': Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2, 3]) })
  mkdirSync(join(root, 'empty'))
  const all = await fault(
    join(root, 'no'),
    join(root, 'empty'),
    join(root, 'only'),
    join(root, '*.no'),
    join(root, 'a.xz'),
  )
  assert.equal(all.exitCode, 2)
  assert.deepEqual(
    all.problems.map((problem) => problem.slice(root.length + 1)),
    [
      'no: no such file or folder',
      'empty: no files in this folder, expected logs',
      '*.no: no file matches',
      'a.xz: packed with xz, expected plain text, gzip, zstd or tar',
      'only: nothing readable, expected logs or captures',
    ],
  )
})

it('tells a file that the user may not read from one that is missing', async () => {
  const root = folder({ 'a.log': line(0), 'b.log': line(0) })
  chmodSync(root, 0o755)
  chmodSync(join(root, 'a.log'), 0)
  await asNobody(async () => {
    const error = await fault(join(root, 'a.log'))
    assert.equal(error.exitCode, 1)
    assert.equal(error.message, `${join(root, 'a.log')}: not readable for this user`)
    const notes: string[] = []
    const inputs = await findInputs([root], { onNote: (note) => notes.push(note) })
    assert.equal(inputs.length, 1)
    assert.deepEqual(notes, [`${join(root, 'a.log')}: left out, not readable for this user`])
  })
})

/** Root may read all: containers often test as root. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const root = process.getuid?.() === 0
  if (root) process.seteuid?.(65_534)
  try {
    await work()
  } finally {
    if (root) process.seteuid?.(0)
  }
}

it('ends with what was had when a file fails half-way, and may be closed early', async () => {
  const root = folder({ 'a.log': TEXT, 'b.log.gz': gzipSync(TEXT) })
  for (const input of await findInputs([root])) {
    const stream = input.open()
    assert.ok(await stream.read())
    await stream.close()
    await stream.close()
    assert.equal(await stream.read(), null)
    await input.open().close()
  }
})

const SCRIPT = `
  import { findInputs } from '${import.meta.dirname}/../../src/io/files/find.ts'
  const [input] = await findInputs([process.argv[1]])
  const { head } = await input.peek()
  const stream = process.argv[2] === 'reversed' ? input.openReversed() : input.open()
  let size = 0, first = ''
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
    first ||= Buffer.from(bytes).toString().split('\\n', 1)[0]
    size += bytes.length
  }
  console.log(JSON.stringify([input.name, input.kind, input.bytes, head.length, size, first, stream.lineNumbers]))
`

function child(input: Uint8Array | string, ...args: string[]): unknown {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT, ...args], { input, encoding: 'utf8' })
  assert.equal(run.stderr, '')
  return JSON.parse(run.stdout)
}

it('reads the standard input, packed or not, and turns it when asked', () => {
  const first = line(0).trimEnd()
  const last = line(49_990).trimEnd()
  const head = 65_536
  const up = { first: 1, step: 1 }
  assert.deepEqual(child(TEXT, '-'), ['stdin', 'log', TEXT.length, head, TEXT.length, first, up])
  const [gzip, zstd] = [gzipSync(TEXT), zstdCompressSync(TEXT)]
  assert.deepEqual(child(gzip, '-'), ['stdin', 'log', gzip.length, head, TEXT.length, first, up])
  const turned = ['stdin', 'log', zstd.length, head, TEXT.length, last, { first: 5000, step: -1 }]
  assert.deepEqual(child(zstd, '-', 'reversed'), turned)
  assert.deepEqual(child(tar({ 'pg-0.log': TEXT }), '-'), [
    'stdin:pg-0.log',
    'log',
    TEXT.length,
    head,
    TEXT.length,
    first,
    up,
  ])
  assert.deepEqual(child('', '-'), ['stdin', 'log', 0, 0, 0, '', up])
})
