import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compile } from '../../src/ingest/recognise.ts'
import { parseTemplate } from '../../src/ingest/template.ts'
import { type Message, messages, type Program, type Shelf } from '../../src/model/message.ts'

function shelf(program: Program, ...texts: string[]): Shelf {
  const entries: Message[] = texts.map((text, at) => ({ type: `patroni.t${at}`, text, means: '', samples: [text] }))
  return messages(program, entries)
}

/** The same, of messages that also stand on a bare line. */
function bareShelf(program: Program, ...texts: string[]): Shelf {
  return messages(
    program,
    shelf(program, ...texts).messages.map((message) => ({ ...message, bare: true as const })),
  )
}

/** Text of the entry that matches and its holes by name, or null. */
function recognise(shelves: readonly Shelf[], text: string, program: Program | 'unknown' = 'patroni') {
  const recogniser = compile(shelves)
  const bytes = Buffer.from(`<<${text}>>\n`)
  const id = recogniser.match(program, bytes, 2, bytes.length - 3)
  if (id < 0) return null
  const entry = recogniser.entries[id]
  assert(entry)
  const holes = entry.holes.map((name, at) => {
    return [name, bytes.toString('utf8', recogniser.holes[2 * at], recogniser.holes[2 * at + 1])]
  })
  return { text: entry.text, holes: Object.fromEntries(holes), paused: recogniser.paused }
}

function holes(template: string, text: string): Record<string, string> | undefined {
  return recognise([shelf('patroni', template)], text)?.holes
}

describe('a note behind a message', () => {
  it('is none of it, whatever somebody put in front of it', () => {
    for (const note of [
      ' <-- here',
      ' <== the leader?',
      '  # why',
      ' // why',
      ' -- why',
      ' ...',
      '<br>',
      '</p>',
      '`',
      '\\n',
      ' \\',
    ])
      assert.deepEqual(holes('I am ({self:word}), gone', `I am (pg-0), gone${note}`), { self: 'pg-0' }, note)
  })

  it('is known by a mark, and behind messages of Patroni alone', () => {
    assert.equal(holes('gone', 'gone away'), undefined)
    assert.equal(holes('gone', 'gone-- away'), undefined)
    assert.equal(recognise([shelf('postgres', 'gone')], 'gone -- away', 'postgres'), null)
    assert.equal(holes('gone', `gone # ${'x'.repeat(1000)}`), undefined)
  })
})

describe('a template', () => {
  it('takes literal text as it stands, and a blank for any run of blanks', () => {
    assert.deepEqual(holes('Lock owner gone', 'Lock owner  gone'), {})
    assert.equal(holes('Lock owner gone', 'Lock ownergone'), undefined)
    assert.equal(holes('Lock owner gone', 'Lock owner gone!'), undefined)
    assert.equal(holes('Lock owner gone', 'Lock owner\tgone'), undefined)
  })

  it('gives a hole the least text that lets the rest follow, the last one the rest', () => {
    assert.deepEqual(holes('owner: {who}; I am {me}', 'owner: a; b; I am c; I am d'), { who: 'a; b', me: 'c; I am d' })
    assert.deepEqual(holes('({x}) done', '(a) done) done'), { x: 'a) done' })
    assert.deepEqual(holes('x={x}', 'x='), { x: '' })
  })

  it('restricts typed holes', () => {
    assert.deepEqual(holes('I am ({self:word}), {rest}', 'I am (pg-0), here'), { self: 'pg-0', rest: 'here' })
    assert.equal(holes('I am ({self:word}), {rest}', 'I am (pg 0), here'), undefined)
    assert.equal(holes('I am ({self:word})', 'I am ()'), undefined)
    assert.deepEqual(holes('code={code:int}', 'code=-12'), { code: '-12' })
    assert.equal(holes('code={code:int}', 'code=12s'), undefined)
    assert.deepEqual(holes('at {at:lsn} on {t:int}', 'at 0/3000A0 on 1'), { at: '0/3000A0', t: '1' })
    assert.equal(holes('at {at:lsn}', 'at 0/'), undefined)
    assert.equal(holes('at {at:lsn}', 'at 123456789/0'), undefined)
    assert.deepEqual(holes('{n:int}{unit}', '12kB'), { n: '12', unit: 'kB' })
  })

  it('writes a brace twice', () => {
    assert.deepEqual(holes('LOG {{ticks: {n:int}}}', 'LOG {ticks: 7}'), { n: '7' })
  })

  it('is matched on the first line, whatever stands at its end', () => {
    assert.deepEqual(holes('error: {what}\nReason: {why}', 'error: 403 \r\nReason: Forbidden'), { what: '403' })
    assert.deepEqual(holes('no lock', 'no lock  \nTraceback'), {})
    assert.deepEqual(holes('{who}: no lock', 'pg-0: no lock\r\nTraceback'), { who: 'pg-0' })
    assert.deepEqual(holes('', ''), {})
    assert.deepEqual(holes('', '\nTraceback'), {})
  })

  it('is refused when nothing says where its holes end', () => {
    assert.throws(() => parseTemplate('{a}{b}'), /'\{a\}\{b\}': \{a\} and \{b\} touch/)
    assert.throws(() => parseTemplate('{a:text}'), /hole \{a:text\}, expected/)
    assert.throws(() => parseTemplate('a } b'), /lone brace/)
    assert.throws(() => compile([shelf('patroni', 'PAUSE: no action')]), /leave it out/)
  })
})

describe('the recogniser', () => {
  const heartbeats = [
    shelf(
      'patroni',
      'no action. I am ({self:word}), the leader with the lock',
      'no action. I am ({self:word}), a secondary, and following a leader ({leader:word})',
      'no action. I am ({self:word}), a secondary, and following a standby leader ({leader:word})',
      'no action. {rest}',
      '{who}: no action. I am lost',
      '{host}:{port:int} - no response',
    ),
    bareShelf('postgres', 'server signaled', 'checkpoint starting: {flags}'),
  ]

  it('shares what templates have in common', () => {
    const leader = recognise(heartbeats, 'no action. I am (pg-1), the leader with the lock')
    assert.deepEqual(leader?.holes, { self: 'pg-1' })
    const follower = recognise(heartbeats, 'no action. I am (pg-1), a secondary, and following a leader (pg-0)')
    assert.deepEqual(follower?.holes, { self: 'pg-1', leader: 'pg-0' })
    const standby = recognise(heartbeats, 'no action. I am (a), a secondary, and following a standby leader (b)')
    assert.deepEqual(standby?.holes, { self: 'a', leader: 'b' })
    assert.deepEqual(recognise(heartbeats, 'no action. because')?.holes, { rest: 'because' })
  })

  it('skips PAUSE: and says so', () => {
    const paused = recognise(heartbeats, 'PAUSE: no action. I am (pg-1), the leader with the lock')
    assert.deepEqual(paused?.holes, { self: 'pg-1' })
    assert.equal(paused?.paused, true)
    assert.equal(recognise(heartbeats, 'no action. x')?.paused, false)
    assert.equal(recognise(heartbeats, 'PAUSE: '), null)
  })

  it('looks at the messages of the program, and on a bare line at those that stand there', () => {
    assert.equal(recognise(heartbeats, 'server signaled'), null)
    assert.equal(recognise(heartbeats, 'server signaled', 'postgres')?.text, 'server signaled')
    assert.equal(recognise(heartbeats, 'server signaled', 'unknown')?.text, 'server signaled')
    assert.equal(recognise(heartbeats, 'server signaled', 'pgqd'), null)
    assert.equal(recognise(heartbeats, 'no action. x', 'unknown'), null)
  })

  it('looks at templates that begin with a hole last', () => {
    assert.deepEqual(recognise(heartbeats, 'localhost:5432  -  no response')?.holes, {
      host: 'localhost',
      port: '5432',
    })
    assert.equal(recognise(heartbeats, 'no action. x: no action. I am lost')?.text, 'no action. {rest}')
  })

  it('takes no text beyond its bounds', () => {
    const recogniser = compile([shelf('patroni', 'no lock', '{x} gone', 'at {n:int}')])
    const bytes = Buffer.from('no lock gone at 1234')
    assert.equal(recogniser.match('patroni', bytes, 0, 6), -1)
    assert.equal(recogniser.match('patroni', bytes, 0, 7), 0)
    assert.equal(recogniser.match('patroni', bytes, 0, 12), 1)
    assert.equal(recogniser.match('patroni', bytes, 13, 18), 2)
    assert.deepEqual([...recogniser.holes.subarray(0, 2)], [16, 18])
  })

  it('numbers event types in their order', () => {
    const one = { means: '', samples: ['x'] as const }
    const recogniser = compile([
      messages('patroni', [
        { ...one, type: 'slot.lost', text: 'a' },
        { ...one, type: 'noise', text: 'b' },
        { ...one, type: 'slot.lost', text: 'c' },
      ]),
    ])
    assert.deepEqual(recogniser.types, ['noise', 'slot.lost'])
    assert.deepEqual(
      recogniser.entries.map(({ id, typeId }) => [id, typeId]),
      [[0, 1], [1, 0], [2, 1]], // biome-ignore format: a table
    )
  })
})

/** The template as a regular expression: `atomic` forbids to try again what once matched. */
function slow(text: string): RegExp {
  let groups = 0
  const atomic = (inside: string) => `(?:(?=(${inside}))\\${++groups})`
  const { parts } = parseTemplate(text)
  const literal = (bytes: Uint8Array) =>
    [...Buffer.from(bytes).toString('latin1')]
      .map((one) => (one === ' ' ? atomic(' +') : one.replace(/[^a-z0-9]/i, '\\$&')))
      .join('')
  const source = parts.map((part, at) => {
    if (part instanceof Uint8Array) return literal(part)
    if (part.kind === 'int') return atomic('[+-]?\\d+')
    if (part.kind === 'lsn') return atomic('[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}')
    const some = part.kind === 'any' ? '[^]*?' : '[^ \\t-\\r]+?'
    const next = parts[at + 1]
    if (next === undefined || at + 2 === parts.length) return `(?:${some})`
    const group = ++groups
    return `(?:(?=(${some})(?=${literal(next as Uint8Array)}))\\${group})`
  })
  return new RegExp(`^${source.join('')}$`)
}

function slowWinner(texts: readonly string[], text: string): number {
  const line = (text.replace(/^PAUSE: /, '').split('\n', 1)[0] as string).replace(/[\0- ]+$/, '')
  const found = texts
    .map((each, id) => ({ id, leading: /^\{\w+(:word)?\}/.test(each), literal: parseTemplate(each).literal, each }))
    .filter(({ each }) => slow(each).test(line))
    .sort((a, b) => Number(a.leading) - Number(b.leading) || b.literal - a.literal || a.id - b.id)
  return found[0]?.id ?? -1
}

const literal = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1', '/', ')'), minLength: 1, maxLength: 6 })
const hole = fc.constantFrom('{x}', '{x}', '{x:word}', '{x:int}', '{x:lsn}')
const template = fc
  .tuple(fc.array(fc.tuple(literal, hole), { maxLength: 3 }), fc.option(literal), fc.boolean())
  .map(([pairs, last, leading]) =>
    (pairs.flat().join('') + (last ?? '')).slice(leading ? (pairs[0]?.[0].length ?? 0) : 0),
  )
  .filter((text) => text.trim() !== '')
const filling = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1', '/', ')', '-'), maxLength: 5 })

describe('against regular expressions', () => {
  it('the same entry wins', () => {
    const story = fc.array(template, { minLength: 1, maxLength: 8 }).chain((texts) =>
      fc.tuple(
        fc.constant(texts),
        fc.array(
          fc.oneof(
            filling,
            fc.tuple(fc.nat(texts.length - 1), fc.infiniteStream(filling), fc.boolean()).map(([at, fill, wide]) => {
              const text = (texts[at] as string).replace(/\{.*?\}/g, () => fill.next().value as string)
              return wide ? text.replaceAll(' ', '  ') : text
            }),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        fc.constantFrom('', '', ' ', '\nb', 'PAUSE'),
      ),
    )
    fc.assert(
      fc.property(story, ([texts, lines, tail]) => {
        // Behind messages of Patroni there may be a note; of others what is there is there.
        const recogniser = compile([shelf('postgres', ...texts)])
        for (const line of lines) {
          const text = tail === 'PAUSE' ? `PAUSE: ${line}` : line + tail
          const bytes = Buffer.from(`~${text}a`, 'latin1')
          const found = recogniser.match('postgres', bytes, 1, bytes.length - 1)
          assert.equal(found, slowWinner(texts, text), JSON.stringify({ texts, text }))
        }
      }),
      { numRuns: 5000 },
    )
  })
})

describe('cost', () => {
  const hostile = compile([
    shelf(
      'patroni',
      'I am ({a}) and ({b:word}) or ({c}), (({d})) done',
      'I am ({a:word})({b:word})({c:word}) x',
      'I am {a} {b} {c} {d} end',
      '{a:word}(({b}(((({c:int} done',
      '{a}: {b} is  not {c}',
    ),
  ])

  function time(unit: string, length: number): number {
    const bytes = Buffer.from(`I am (${unit.repeat(length / unit.length)}`)
    let least = Number.POSITIVE_INFINITY
    for (let round = 0; round < 20; round++) {
      const start = performance.now()
      assert.equal(hostile.match('patroni', bytes, 0, bytes.length), -1)
      assert.equal(hostile.match('patroni', bytes, 5, bytes.length), -1)
      least = Math.min(least, performance.now() - start)
    }
    return least
  }

  for (const unit of ['(', ' ', ') and (', '((( ', 'a) b ', ': x is  ', ')(']) {
    it(`grows with the length, not faster: '${unit}'`, () => {
      time(unit, 1 << 16)
      const ratio = time(unit, 1 << 20) / time(unit, 1 << 16)
      assert(ratio < 100, `16 times the text took ${ratio.toFixed(1)} times as long`)
    })
  }
})

/** What Patroni says in each loop, of old and later releases. */
const heartbeats = messages(
  'patroni',
  (
    [
      ['follower.confirmed', 'no action. i am a secondary'],
      ['follower.confirmed', 'no action. I am ({self:word}), a secondary, and following a leader ({leader:word})'],
      ['leader.confirmed', 'no action. i am the leader'],
      ['leader.confirmed', 'no action. I am ({self:word}), the leader with the lock'],
      ['leader.confirmed', 'no action. i am the standby leader', { standby: 'yes' }],
      ['leader.confirmed', 'no action. I am ({self:word}), the standby leader with the lock', { standby: 'yes' }],
      ['lock.owner-seen', 'Lock owner: {owner:word}; I am {self:word}'],
    ] as const
  ).map(([type, text, params = {}]) => ({ type, text, params, means: '', samples: [text] })),
)

describe('a message that lost its end', () => {
  const held = 'continue to run as a leader because failsafe mode is enabled and all members are accessible'
  const gone = 'demoting self because the cluster store is not accessible'
  const shelves = [shelf('patroni', held, gone, `${gone} in progress`, `${held.slice(0, 30)} of {reason}`)]
  const found = (text: string, program?: Program | 'unknown') => recognise(shelves, text, program)?.text

  it('is known by a long beginning that has one meaning', () => {
    assert.equal(found(held.slice(0, -1)), held)
    assert.equal(found(held.slice(0, 50)), held)
    assert.equal(found(held.slice(0, 50).replaceAll(' ', '  ')), held)
  })
  it('is not known by a short one', () => assert.equal(found(held.slice(0, 39)), undefined))
  it('is not known where two meanings begin so', () => {
    assert.equal(found(gone.slice(0, -3)), undefined)
    assert.equal(found(gone), gone)
    assert.equal(found(`${gone} in pro`), `${gone} in progress`)
  })
  it('is not known by what differs from it', () => assert.equal(found(`${held.slice(0, 60)}, or not`), undefined))
  it('is known behind a name where the cut is marked, as the message that names nobody', () => {
    const beats = [heartbeats]
    const cut = (text: string) => recognise(beats, text)?.text
    const follows = 'no action. I am (pg-a), a secondary, and following a leader (pg-b'
    for (const length of [50, 54, 63])
      for (const mark of ['>', '...', '…'])
        assert.equal(cut(`${follows.slice(0, length)}${mark}`), 'no action. i am a secondary')
    assert.equal(cut('no action. I am (pg-a), the leader with the>'), 'no action. i am the leader')
    assert.equal(cut('no action. I am (pg-a), the standby leader with>'), 'no action. i am the standby leader')
    assert.equal(cut(follows), undefined)
    assert.equal(cut('no action. I am (pg-a), and nobody knows what follows>'), undefined)
  })
  it('names no member of which only a part is left', () => {
    assert.deepEqual(recognise([heartbeats], 'Lock owner: pg-b; I am pg-a')?.holes, { owner: 'pg-b', self: 'pg-a' })
    for (const mark of ['>', '...', '…'])
      assert.equal(recognise([heartbeats], `Lock owner: pg-b; I am pg-${mark}`), null)
    assert.equal(recognise([heartbeats], 'Lock owner: <old>; I am <old>')?.holes.self, '<old>')
  })
  it('is not looked for on a bare line', () => assert.equal(found(held.slice(0, 60), 'unknown'), undefined))
})
