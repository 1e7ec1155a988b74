/**
 * `node bench/fleet.ts [--clusters N] [--minutes N] [--no-docs]`: what the engine costs with all rules for 1,000 healthy
 * clusters of three, a heartbeat and a sample of each member every 10 s. Virtual time; the share of a core is processor
 * time over that. Writes its part of docs/performance.md.
 */
import { parseArgs } from 'node:util'
import { type Engine, engine } from '../src/engine/engine.ts'
import { inhibitionsOf } from '../src/engine/inhibition.ts'
import { date } from '../src/engine/observation.ts'
import { names } from '../src/ingest/names.ts'
import { readPatroniBody } from '../src/ingest/readings/patroni.ts'
import { compile } from '../src/ingest/recognise.ts'
import { loadFacets, loadParsers, loadRules } from '../src/io/shelves.ts'
import type { Entry } from '../src/model/record.ts'
import { activeRules, defaultsOf } from '../src/replay/configure.ts'
import { writePage } from './page.ts'

const MEMBERS = 3
const PERIOD = 10_000
const START = Date.UTC(2026, 0, 10)
const LATENESS = 15_000
const EMPTY = { rules: {}, clusters: {} }

const { values } = parseArgs({
  options: {
    clusters: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '10' },
    'no-docs': { type: 'boolean', default: false },
  },
})
const clusters = Number(values.clusters)
const rounds = (Number(values.minutes) * 60_000) / PERIOD
const recogniser = compile(await loadParsers())
const rules = await loadRules()
const interned = names()
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
let alerts = 0

const core = engine({
  facets: await loadFacets(),
  rulesFor: (cluster) => activeRules(rules, inhibitionsOf(rules), EMPTY, cluster),
  types: recogniser.types,
  texts: { name: interned.of, text: (bytes, from, to) => decoder.decode(bytes.subarray(from, to)) },
  defaultsOf: (cluster) => defaultsOf(EMPTY, cluster),
  emit: (effect) => {
    if (effect.kind === 'alert') alerts++
  },
})

/** One member's line and REST body of one round, as they come in. */
function tell(cluster: string, number: number, time: number, round: number): void {
  const member = `${cluster}-${number}`
  const text =
    number === 0
      ? `no action. I am (${member}), the leader with the lock`
      : `no action. I am (${member}), a secondary, and following a leader (${cluster}-0)`
  line(core, cluster, member, time, encoder.encode(text))
  const at = { member, time: time + 200, cluster, via: '/patroni' }
  const reading = readPatroniBody(body(number, time, 1e9 + round * 1e6), at)
  if (reading === null) throw new Error('fleet: expected a sample, got a body that is none')
  const observation = core.take()
  date(observation, reading.time)
  Object.assign(observation, {
    cluster: core.cluster(cluster),
    member: core.member(core.cluster(cluster), member),
    entry: null,
    reading,
  })
  core.observe(observation)
}

function body(number: number, time: number, written: number): object {
  const replica = { received_location: written, replayed_location: written, replayed_timestamp: null, paused: false }
  return {
    state: 'running',
    postmaster_start_time: '2026-01-09 00:00:00.000000+00:00',
    role: number === 0 ? 'primary' : 'replica',
    server_version: 150018,
    xlog: number === 0 ? { location: written } : replica,
    timeline: 1,
    ...(number === 0 ? {} : { replication_state: 'streaming' }),
    dcs_last_seen: Math.floor(time / 1000),
    database_system_identifier: '7711079758382894616',
    patroni: { version: '4.1.4', scope: 'demo', name: 'x' },
  }
}

function line(into: Engine, cluster: string, member: string, time: number, bytes: Uint8Array): void {
  const id = recogniser.match('patroni', bytes, 0, bytes.length)
  const entry = recogniser.entries[id] as Entry
  const observation = into.take()
  date(observation, time)
  Object.assign(observation, {
    cluster: into.cluster(cluster),
    member: into.member(into.cluster(cluster), member),
    entry,
    program: 'patroni',
    level: 'INFO',
    bytes,
    from: 0,
    to: bytes.length,
    paused: false,
    line: 0,
    index: 0,
    reading: null,
  })
  for (let at = 0; at < entry.holes.length * 2; at++) observation.holes[at] = recogniser.holes[at] as number
  into.observe(observation)
}

function round(number: number): void {
  for (let cluster = 0; cluster < clusters; cluster++)
    for (let member = 0; member < MEMBERS; member++) {
      const time = START + number * PERIOD + ((cluster * 7 + member * 11) % PERIOD)
      tell(`ns/c${cluster}`, member, time, number)
    }
  core.advance(START + (number + 1) * PERIOD - LATENESS)
}

const FLEET = 'A fleet'

for (let warm = 0; warm < 6; warm++) round(warm)
const before = process.cpuUsage()
for (let number = 6; number < 6 + rounds; number++) round(number)
const used = process.cpuUsage(before)
const share = (used.user + used.system) / 1e6 / ((rounds * PERIOD) / 1000)
const part = `## ${FLEET}

Written by \`node bench/fleet.ts\`: ${clusters} healthy clusters of three, a heartbeat and a sample of each member every 10 s,
${rules.length} rules; reading of the bodies, inference and rules, without the network.

| share of one core | peak RSS, MB | alerts |
|---|---|---|
| ${(share * 100).toFixed(1)} % | ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} | ${alerts} |
`
console.log(part)
if (!values['no-docs']) writePage(null, [part], [FLEET])
