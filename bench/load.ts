/** What the bench's clusters write: line texts by member and time, from a seeded generator. Pure. */

/** A line: when it was written, by which pod, and its text without the wrapper. */
export interface Line {
  readonly time: number
  readonly pod: string
  readonly text: string
}

export interface Shape {
  readonly clusters: number
  readonly members: number
  readonly seed: number
  readonly start: number
}

interface Cluster {
  readonly name: string
  leader: number
  /** Patroni before 2.1 writes `Lock owner` with every heartbeat. */
  readonly old: boolean
  /** Spilo's prefix, or PostgreSQL's own. */
  readonly spilo: boolean
  /** What is going on, and for how many cycles more. */
  episode: 'none' | 'retry' | 'failsafe' | 'failover'
  left: number
  segment: number
  pid: number
}

type Random = (below: number) => number
type Say = (offset: number, member: number, text: string) => void

const CYCLE = 10_000

/** Small, fast and the same everywhere (mulberry32): a whole number below `below`. */
function random(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * below) / 0x1_0000_0000) | 0
  }
}

/** Lines without end, one HA cycle of all clusters at a time, each nearly in order of time. */
export function* cycles(shape: Shape): Generator<readonly Line[]> {
  const dice = random(shape.seed)
  const clusters = Array.from({ length: shape.clusters }, (_, at) => newCluster(at, shape.members, dice))
  for (let start = shape.start; ; start += CYCLE) {
    const lines: { due: number; line: Line }[] = []
    for (const [at, cluster] of clusters.entries()) {
      const phase = (at * CYCLE) / shape.clusters
      const say: Say = (offset, member, text) => {
        const time = Math.round(start + phase + offset)
        lines.push({ due: time + dice(150), line: { time, pod: `${cluster.name}-${member}`, text } })
      }
      cycle(cluster, shape.members, dice, say, start + phase)
    }
    yield lines.sort((a, b) => a.due - b.due).map(({ line }) => line)
  }
}

function newCluster(at: number, members: number, dice: Random): Cluster {
  return {
    name: `${['orders', 'billing', 'stock', 'users'][at % 4]}${String(at).padStart(2, '0')}`,
    leader: dice(members),
    old: at % 4 === 3,
    spilo: at % 3 === 0,
    episode: 'none',
    left: 0,
    segment: 256 + dice(1 << 16),
    pid: 100 + dice(900),
  }
}

function cycle(cluster: Cluster, members: number, dice: Random, say: Say, time: number): void {
  if (cluster.episode === 'none') begin(cluster, dice)
  heartbeats(cluster, members, dice, (offset, member, text) => say(offset, member, patroni(time + offset, text)))
  for (let count = 9 + dice(4); count > 0; count--) {
    const offset = dice(CYCLE)
    const member = dice(3) === 0 ? dice(members) : cluster.leader
    say(offset, member, postgres(cluster, dice, time + offset, member === cluster.leader))
  }
  for (let count = dice(3) + dice(2); count > 0; count--) say(dice(CYCLE), dice(members), foreign(dice))
  if (dice(70) === 0) traceback(cluster, members, dice, say, time)
  if (cluster.episode !== 'none' && --cluster.left === 0) cluster.episode = 'none'
}

function begin(cluster: Cluster, dice: Random): void {
  const fate = dice(4000)
  cluster.episode = fate < 2 ? 'failsafe' : fate === 3 ? 'failover' : fate < 40 ? 'retry' : 'none'
  cluster.left = cluster.episode === 'failsafe' ? 4 + dice(8) : cluster.episode === 'retry' ? 1 + dice(3) : 1
}

function heartbeats(cluster: Cluster, members: number, dice: Random, say: Say): void {
  if (cluster.episode === 'failover') failover(cluster, members, say)
  for (let member = 0; member < members; member++) {
    const self = `${cluster.name}-${member}`
    const leader = `${cluster.name}-${cluster.leader}`
    const offset = 100 + member * 40 + dice(60)
    if (cluster.episode === 'retry') retries(dice, (after, text) => say(offset - 60 + after, member, text))
    if (cluster.episode === 'failsafe') {
      failsafe(cluster, members, member, (after, text) => say(offset + after, member, text))
      continue
    }
    if (cluster.old) say(offset - 1, member, `INFO: Lock owner: ${leader}; I am ${self}`)
    if (member === cluster.leader) say(offset, member, `INFO: no action. I am (${self}), the leader with the lock`)
    else say(offset, member, `INFO: no action. I am (${self}), a secondary, and following a leader (${leader})`)
  }
}

function retries(dice: Random, say: (after: number, text: string) => void): void {
  const port = 6443 + dice(2)
  const path = '/api/v1/namespaces/default/endpoints'
  const why = `NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f${(dice(1 << 24) + (1 << 24)).toString(16)}>: Failed to establish a new connection: [Errno 111] Connection refused')`
  say(
    0,
    `WARNING: Retrying (Retry(total=${dice(3)}, connect=None, read=None, redirect=0, status=None)) after connection broken by '${why}': ${path}`,
  )
  say(
    20,
    `ERROR: Request to server https://10.96.0.1:${port} failed: MaxRetryError('HTTPSConnectionPool(host=10.96.0.1, port=${port}): Max retries exceeded with url: ${path}')`,
  )
}

function failsafe(cluster: Cluster, members: number, self: number, say: (after: number, text: string) => void): void {
  say(0, 'ERROR: Error communicating with DCS')
  if (self !== cluster.leader) {
    say(10, 'INFO: DCS is not accessible')
    return
  }
  for (let peer = 0; peer < members; peer++) {
    if (peer === self) continue
    const name = `${cluster.name}-${peer}`
    say(10 + peer, `INFO: Got response from ${name} http://10.2.0.${10 + peer}:8008/failsafe: Accepted`)
  }
  say(20, 'INFO: continue to run as a leader because failsafe mode is enabled and all members are accessible')
}

function failover(cluster: Cluster, members: number, say: Say): void {
  const before = cluster.leader
  cluster.leader = (before + 1) % members
  say(0, before, 'ERROR: failed to update leader lock')
  say(10, before, `INFO: Demoting self (immediate-nolock)`)
  say(30, before, 'INFO: demoted self because failed to update leader lock in DCS')
  say(
    40,
    cluster.leader,
    `INFO: Got response from ${cluster.name}-${(before + 2) % members} http://10.2.0.9:8008/patroni: {"state": "running", "role": "replica", "server_version": 150004, "xlog": {"received_location": 67108864, "replayed_location": 67108864}}`,
  )
  say(60, cluster.leader, 'INFO: promoted self to leader by acquiring session lock')
  say(70, cluster.leader, 'server promoting')
  say(80, cluster.leader, 'INFO: cleared rewind state after becoming the leader')
}

/** Patroni's own prefix; what a helper program prints has none. */
function patroni(time: number, text: string): string {
  return /^[A-Z]+: /.test(text) ? `${stamp(time).replace('.', ',')} ${text}` : text
}

function stamp(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 23)
}

function postgres(cluster: Cluster, dice: Random, time: number, primary: boolean): string {
  const at = stamp(time)
  const pid = cluster.pid + dice(200)
  const prefix = cluster.spilo
    ? `${at.slice(0, 19)} UTC [${pid}]: [${1 + dice(9)}-1] 6b033d8c.${pid.toString(16)} 0     `
    : `${at} UTC [${pid}] `
  return prefix + postgresText(cluster, dice, primary)
}

function postgresText(cluster: Cluster, dice: Random, primary: boolean): string {
  const user = ['app', 'orders_rw', 'reporting', 'monitor'][dice(4)]
  const ms = `${dice(900)}.${100 + dice(900)}`
  const port = 30_000 + dice(30_000)
  const point = primary ? 'checkpoint' : 'restartpoint'
  switch (dice(12)) {
    case 0:
      return `LOG:  ${point} starting: ${['time', 'wal', 'immediate force wait'][dice(3)]}`
    case 1:
      return `LOG:  ${point} complete: wrote ${dice(9000)} buffers (${dice(9)}.${dice(10)}%); 0 WAL file(s) added, 0 removed, ${dice(9)} recycled; write=${ms} s`
    case 2:
    case 3:
      return `LOG:  connection authorized: user=${user} database=orders application_name=psql`
    case 4:
    case 5:
      return `LOG:  connection received: host=10.2.${dice(200)}.${dice(200)} port=${port}`
    case 6:
      return `LOG:  disconnection: session time: 0:00:0${dice(9)}.${100 + dice(900)} user=${user} host=10.2.0.${dice(200)} port=${port}`
    case 7:
    case 8:
      return `LOG:  duration: ${ms} ms  statement: SELECT id, state FROM orders WHERE id = ${dice(1 << 20)}`
    case 9:
      return `ERROR:  duplicate key value violates unique constraint "orders_pkey"`
    case 10:
      return `DETAIL:  Key (id)=(${dice(1 << 24)}) already exists.`
    default:
      if (primary) return 'LOG:  received SIGHUP, reloading configuration files'
      cluster.segment++
      return `LOG:  recovery restart point at ${position(cluster.segment)}`
  }
}

/** Start of a segment of 16 MB as X/X. */
function position(segment: number): string {
  return `${(segment >>> 8).toString(16).toUpperCase()}/${(segment & 255).toString(16).toUpperCase()}000028`
}

/** Lines that nobody can place: other programs' output, torn lines, bytes that are no text. */
function foreign(dice: Random): string {
  const number = dice(1 << 24)
  switch (dice(6)) {
    case 0:
      return `10.2.0.${dice(200)} - - [10/Jan/2026:00:00:01 +0000] "GET /patroni HTTP/1.1" 200 ${number} "-" "kube-probe"`
    case 1:
      return `{"ts":${number},"caller":"exporter/main.go:${dice(900)}","msg":"scrape finished","duration":0.${dice(999)},"targets":[1,2,3]}`
    case 2:
      return `ok ${number} a secondary, and following a leader (`.padEnd(80, 'x')
    case 3:
      return `\u0000\u0007\u001b[31m${'\u00ff\u00fe'.repeat(20)} ${number}`
    case 4:
      return `I0110 00:00:01.${number}       1 reconcile.go:${dice(900)}] finished syncing endpoint slice of service default/orders in ${dice(99)} ms`
    default:
      return `  key_${number} = value_${dice(1 << 20)}   # written by the template of the configuration service, do not edit`
  }
}

function traceback(cluster: Cluster, members: number, dice: Random, say: Say, time: number): void {
  const member = dice(members)
  const at = dice(CYCLE - 10)
  const frames = [
    'patroni/dcs/kubernetes.py", line 812, in _load_cluster',
    'urllib3/connectionpool.py", line 703, in urlopen',
    'urllib3/util/connection.py", line 85, in create_connection',
  ]
  say(at, member, patroni(time + at, 'ERROR: get_cluster'))
  say(at, member, 'Traceback (most recent call last):')
  for (const frame of frames) {
    say(at, member, `  File "/usr/local/lib/python3.10/dist-packages/${frame}`)
    say(at, member, '    raise err')
  }
  say(at, member, `patroni.exceptions.DCSError: 'failed to reach ${cluster.name}'`)
}
