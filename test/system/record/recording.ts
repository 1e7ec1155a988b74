import type { ChildProcess } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addJson, addLine, type Capture, now, save } from './capture.ts'
import { type Cluster, layOut, type Member, startCluster, startPatroni, stopMember } from './cluster.ts'
import { answers, startEtcd } from './etcd.ts'
import { expected } from './expect.ts'
import { pause, signal } from './host.ts'
import { clearNetwork, type Network, network } from './network.ts'
import { observe } from './observe.ts'
import { installed, type Setup } from './patroni.ts'
import type { Scenario } from './scenario.ts'
import { watch } from './watch.ts'
import { type Writer, writer } from './writer.ts'

/** A run while it goes: what its steps act on. */
export type Recording = {
  cluster: Cluster
  net: Network
  etcd: ChildProcess
  program: string
  capture: Capture
  writer: Writer
  start(member: Member): void
  mark(action: string, what?: Record<string, unknown>): void
}

/**
 * Records one run of a scenario on a cluster of its own into `folder`; with a second cluster beside it, each into a folder
 * of its namespace.
 *
 * @param id at most 8 characters, part of the names of interfaces and namespaces.
 * @throws when a cluster does not come up; everything that was started is ended in any case.
 */
export async function record(
  key: string,
  scenario: Scenario,
  setup: Setup,
  folder: string,
  id = 'plrec',
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'patrolog-record-'))
  await chmod(work, 0o755)
  const net = await network(id, 77)
  const program = await installed(setup.version, join(tmpdir(), 'patrolog-record-versions'))
  const cluster = await layOut(setup, net, id, join(work, setup.namespace), 0)
  const other = { ...setup, ...scenario.beside }
  const beside = scenario.beside && (await layOut(other, net, id, join(work, other.namespace), setup.members))
  const etcd = startEtcd(net.dcs, work)
  try {
    await answers(net.dcs)
    await run(key, scenario, { cluster, beside, net, etcd, program }, folder)
  } finally {
    const members = [...cluster.members, ...(beside?.members ?? [])]
    for (const member of members) await stopMember(member)
    signal(etcd.pid, 'SIGKILL')
    await clearNetwork(
      net,
      members.map(({ place }) => place),
    )
    await rm(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
  }
}

type Parts = Pick<Recording, 'cluster' | 'net' | 'etcd' | 'program'> & { beside: Cluster | undefined }

async function run(key: string, scenario: Scenario, parts: Parts, folder: string): Promise<void> {
  const { cluster, beside, program } = parts
  const main = await observed(cluster, program, scenario)
  const other = beside && (await observed(beside, program, scenario))
  try {
    await pause(10)
    const t0 = now()
    for (const { capture } of other ? [main, other] : [main])
      addJson(capture, 'truth', { t: t0, type: 'scenario_start', leader: cluster.members[0]?.name })
    await play({ ...parts, ...main }, scenario)
    const name = beside ? join(folder, cluster.setup.namespace) : folder
    await write(key, scenario, cluster.setup, main.capture, t0, name)
    if (beside && other)
      await write(key, scenario, beside.setup, other.capture, t0, join(folder, beside.setup.namespace))
  } finally {
    main.stop()
    other?.stop()
  }
}

/** Starts a cluster with all that watches it and writes to it. */
async function observed(cluster: Cluster, program: string, { write: rate = 200 }: Scenario) {
  const capture: Capture = { texts: new Map() }
  const sink = (member: Member, line: string) => addLine(capture, member.name, line)
  const unwatch = watch(cluster, capture)
  const load = writer(cluster, rate)
  const stop = () => {
    unwatch()
    load.stop()
  }
  const up = startCluster(cluster, program, sink)
  await up.catch((error: unknown) => {
    stop()
    throw error
  })
  const mark = (action: string, what = {}) => addJson(capture, 'truth', { t: now(), type: 'action', action, ...what })
  return { capture, writer: load, stop, mark, start: (member: Member) => startPatroni(member, program, sink) }
}

/** Steps begin at their time and do not wait for each other's end. */
async function play(recording: Recording, { steps, seconds }: Scenario): Promise<void> {
  const begun = Date.now()
  const running: Promise<void>[] = []
  for (const [at, step] of steps) {
    await pause(Math.max(0, at - (Date.now() - begun) / 1000))
    running.push(step(recording).catch((error: Error) => recording.mark('failed', { error: error.message })))
  }
  await pause(Math.max(0, seconds - (Date.now() - begun) / 1000))
  await Promise.race([Promise.all(running), pause(5)])
}

async function write(
  key: string,
  { title, expect }: Scenario,
  setup: Setup,
  capture: Capture,
  t0: number,
  folder: string,
) {
  const end = now()
  const observed = observe(capture, t0, end)
  const { version, members, scope, namespace, ...config } = setup
  const meta = { patroni_version: version, scenario: key, title, dcs: 'etcd3', config, members, scope, namespace }
  await mkdir(folder, { recursive: true })
  await save(capture, folder)
  const files = {
    meta: { ...meta, t_start: t0, t_end: end, completed: true },
    observed,
    expected: expected(key, observed, expect),
  }
  for (const [name, value] of Object.entries(files)) {
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(value, null, 1)}\n`)
  }
}
