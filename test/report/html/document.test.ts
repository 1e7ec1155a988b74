import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { alert, event, T, transition } from '../effects.ts'
import { pageOf, sample } from './kit.ts'

const HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)> "\' \u202egnp.exe \u001b[2J \u0000'

/** The value that the page's script is given. */
function dataOf(page: string): { span: { from: number; to: number } | null; charts: unknown[][] } {
  return JSON.parse(/id="data">(.*)<\/script>/.exec(page)?.[1] ?? '')
}

const entriesIn = (page: string): number => page.match(/class="entry /g)?.length ?? 0

describe('the page', () => {
  it('of nothing says that nothing was read', () => {
    const page = pageOf([], { summary: { from: null, to: null } })
    assert.match(page, /nothing with a time of its own was read/)
    assert.match(page, /No alert fired/)
    assert.doesNotMatch(page, /class="drawing"|id="filter"|class="chart"/)
    assert.deepEqual(dataOf(page), { zone: 'UTC', span: null, charts: [] })
  })

  it('draws no chart where nothing was measured, nor for a member alone', () => {
    assert.doesNotMatch(pageOf([transition(T, 'role', 'leader')]), /class="chart"/)
    const alone = pageOf([], { samples: [sample('pg-0', 1, 100), sample('pg-0', 2, 200)] })
    assert.doesNotMatch(alone, /class="chart"/)
  })

  it('draws what replicas are behind, and says how much at most', () => {
    const samples = [sample('pg-0', 1, 32 << 20), sample('pg-1', 2, 0), sample('pg-1', 3, 30 << 20)]
    const page = pageOf([], { samples })
    assert.match(page, /pg-1 at most 32 MiB at 10:00:02/)
    const [[line]] = dataOf(page).charts as [[object]]
    assert.deepEqual(line, { member: 'pg-1', times: [T + 2_000, T + 3_000], values: [32 << 20, 2 << 20] })
  })

  it('shows a lane in the words of the timeline, unknown before anything was said', () => {
    const page = pageOf([transition(T + 60_000, 'role', 'replica'), transition(T + 300_000, 'role', 'unknown')])
    assert.match(page, /x="0%" width="10%" height="100%"><title>10:00:00 to 10:01:00: unknown</)
    assert.match(page, /x="10%" width="40%" height="100%"><title>10:01:00 to 10:05:00: is a replica</)
    assert.match(page, /x="50%" width="50%" height="100%"><title>10:05:00 to 10:10:00: unknown</)
  })

  it('leaves a gap where no line came', () => {
    const gap = { kind: 'gap', time: T + 300_000, cluster: 'demo', member: 'pg-1', from: T + 30_000 } as const
    const page = pageOf([gap], {
      heard: [
        [0, 30],
        [300, 330],
      ],
    })
    assert.deepEqual(
      [...page.matchAll(/class="heard" x="([\d.]+)%" width="([\d.]+)%"/g)].map(([, x, width]) => [x, width]),
      [
        ['0', '5'],
        ['50', '5'],
      ],
    )
    assert.match(page, /no event for 4 min 30 s/)
  })

  it('tells of lines that were repeated where the last of them stood, however late that is known', () => {
    const page = pageOf([
      ...[0, 1, 2].map((at) => event(T + at * 1_000, 'bootstrap.completed', 'running')),
      transition(T + 60_000, 'role', 'leader'),
      event(T + 600_000, 'bootstrap.completed', 'running'),
    ])
    const told = [...page.matchAll(/class="entry (\w+)/g)].map(([, kind]) => kind)
    assert.deepEqual(told, ['line', 'repeated', 'change', 'line'])
  })

  it('links the bar of an alert to its place in the timeline, and draws one that still fires to the end', () => {
    const page = pageOf([
      alert(T + 60_000),
      alert(T + 120_000, { severity: 'warning', was: 'critical', startsAt: T + 60_000 }),
    ])
    const [, id] = /<a href="#(alert-[^"]+)"><title>/.exec(page) ?? []
    assert.equal(id, 'alert-f-20260304T100100Z')
    assert.ok(page.includes(`<li id="${id}" class="entry alert critical"`))
    assert.match(page, /class="bar critical" x="10%" width="10%"/)
    assert.match(page, /class="bar warning" x="20%" width="80%"/)
  })

  it('ends the bar of a resolved alert, and a later one of the same rule is another', () => {
    const ended = { status: 'resolved', endsAt: T + 120_000, startsAt: T + 60_000, endReason: 'proof' } as const
    const page = pageOf([alert(T + 60_000), alert(T + 120_000, ended), alert(T + 300_000)])
    assert.deepEqual(
      [...page.matchAll(/class="bar critical" (x="[^"]+" width="[^"]+")/g)].map(([, at]) => at),
      ['x="10%" width="10%"', 'x="50%" width="50%"'],
    )
    assert.match(page, /replica-stalled × 2/)
    assert.equal(new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)).size, page.match(/ id="/g)?.length)
  })

  it('leads to each cluster, and says in which of several alerts fired', () => {
    const summary = { alerts: { 'replica-stalled': 1 } }
    const one = pageOf([alert(T), transition(T, 'role', 'replica')], { summary })
    assert.match(one, /<a href="#cluster-0">demo<\/a>, \d+ members.*<dt>alerts<\/dt><dd>replica-stalled<\/dd>/)
    const two = pageOf([alert(T), { ...transition(T, 'role', 'replica'), cluster: 'other' }], { summary })
    assert.match(two, /<dt>alerts<\/dt><dd>replica-stalled, in <a href="#cluster-0">demo<\/a><\/dd>/)
    assert.match(two, /<section class="cluster" id="cluster-1"><h2>other</)
  })

  it('says once where an alert belongs that is about its cluster', () => {
    const open = { rule: 'no-leader', cluster: 'demo', subject: 'demo', severity: 'critical', since: T, confirmed: T }
    assert.match(pageOf([], { summary: { alerts: { 'no-leader': 1 }, open: [open] } }), /<\/b> demo since 2026/)
  })

  it('marks an alert that is over as it begins, each time anew', () => {
    const once = (at: number) => alert(T + at, { startsAt: T + at, endsAt: T + at, endReason: 'once' })
    const page = pageOf([once(60_000), once(300_000)])
    assert.deepEqual(
      [...page.matchAll(/class="bar critical" (x="[^"]+" width="[^"]+")/g)].map(([, at]) => at),
      ['x="10%" width="5"', 'x="50%" width="5"'],
    )
    assert.doesNotMatch(page, /still firing/)
  })

  it('says before --from what was known then, and tells nothing of that time', () => {
    const page = pageOf([transition(T, 'role', 'replica'), transition(T + 400_000, 'role', 'leader')], {
      from: T + 300_000,
    })
    assert.equal(entriesIn(page), 1)
    assert.match(page, /10:05:00 to 10:06:40: is a replica/)
  })

  it('takes nothing of a log for its own', () => {
    const source = { file: `${HOSTILE}.log`, line: 1 }
    const page = pageOf(
      [
        event(T, 'disk.full', HOSTILE),
        { ...transition(T, 'upstream', `following:${HOSTILE}`, HOSTILE), member: HOSTILE, cluster: HOSTILE },
        alert(T, {
          summary: HOSTILE,
          subject: HOSTILE,
          member: HOSTILE,
          claims: [{ member: HOSTILE, time: T, text: HOSTILE, source }],
          evidence: [{ source, time: T, text: HOSTILE }],
          remedy: [HOSTILE],
        }),
      ],
      {
        samples: [sample('pg-0', 1, 5), { ...sample('pg-1', 2, 1), member: HOSTILE }],
        summary: { problems: [{ file: HOSTILE, problem: HOSTILE }] },
      },
    )
    assert.deepEqual(page.match(/<\/?script[^>]*>/g), [
      '<script type="application/json" id="data">',
      '</script>',
      '<script>',
      '</script>',
    ])
    assert.doesNotMatch(page, /<img/)
    assert.deepEqual(
      ['\u202e', '\u001b', '\u0000'].filter((mark) => page.includes(mark)),
      [],
    )
    assert.equal(dataOf(page).charts.flat().length, 1)
    assert.match(page, /&lt;\/script&gt;/)
  })

  it('lets run and style only what stands in it', () => {
    assert.match(
      pageOf([]),
      /content="default-src 'none'; script-src 'sha256-script'; style-src 'sha256-style'; base-uri 'none'; form-action 'none'"/,
    )
    assert.doesNotMatch(pageOf([alert(T)], { samples: [sample('pg-0', 1, 5)] }), / style="| on[a-z]+="|https?:/)
  })

  it('hides secrets as the text does', () => {
    const page = pageOf([
      event(T, 'disk.full', "primary_conninfo = 'host=a password=hunter2 user=x'"),
      transition(T, 'upstream', 'none', 'postgres://u:hunter2@host/db'),
      alert(T, {
        evidence: [{ source: { file: 'a', line: 1 }, time: T, text: 'password=hunter2' }],
        summary: 'token=hunter2',
      }),
    ])
    assert.doesNotMatch(page, /hunter2/)
    assert.match(page, /password=\*\*\*/)
  })

  it('stays small when ten thousand alerts fire, and says what it leaves out', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => [
      transition(T + at * 10, 'role', at % 2 === 0 ? 'leader' : 'replica'),
      alert(T + at * 10, { fingerprint: `f${at}`, subject: `pg-${at}`, summary: `alert ${at}`, startsAt: T + at * 10 }),
    ]).flat()
    const page = pageOf(many)
    assert.match(page, /8000 alerts before this are left out/)
    assert.match(page, /6000 changes of state before this are left out/)
    assert.match(page, /alert 0<[\s\S]*alert 999<[\s\S]*alert 9000<[\s\S]*alert 9999</)
    assert.doesNotMatch(page, />alert 1000</)
    assert.equal(entriesIn(page), 6_000)
    assert.ok(page.length < 6e6, `${page.length} characters`)
    assert.ok((page.match(/<rect/g)?.length ?? 0) < 4_000)
  })
})
