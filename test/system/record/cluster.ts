import type { ChildProcess } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { attempt, run, signal, startInside, until } from './host.ts'
import { type Network, type Place, place } from './network.ts'
import { BINARIES, configuration, memberName, type Setup } from './patroni.ts'

export type Member = {
  name: string
  number: number
  folder: string
  place: Place
  patroni: ChildProcess | undefined
}

export type Cluster = { setup: Setup; members: Member[] }

/** Takes a line of a member at its arrival. */
export type LineSink = (member: Member, line: string) => void

/** Folders, disks and configuration of a cluster; nothing runs yet. `first` is the number of its first place on the network. */
export async function layOut(setup: Setup, net: Network, id: string, folder: string, first: number): Promise<Cluster> {
  await mkdir(join(folder, 'archive'), { recursive: true })
  const members: Member[] = []
  for (let number = 0; number < setup.members; number += 1) {
    const own = join(folder, memberName(setup, number))
    await mkdir(join(own, 'disk'), { recursive: true })
    const size = setup.smallDisk[number]
    if (size !== undefined) await run('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', join(own, 'disk')])
    const at = await place(net, id, first + number)
    await writeFile(join(own, 'patroni.yml'), configuration(setup, number, at.address, net.dcs, own))
    members.push({ name: memberName(setup, number), number, folder: own, place: at, patroni: undefined })
  }
  await run('chown', ['-R', 'postgres:postgres', folder])
  return { setup, members }
}

/** Starts Patroni on a member; its lines go to `sink`, those of the PostgreSQL it starts too. */
export function startPatroni(member: Member, program: string, sink: LineSink): void {
  const child = startInside(member.place.namespace, [program, join(member.folder, 'patroni.yml')], member.folder)
  member.patroni = child
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => sink(member, line))
}

/** The postmaster of a member by its own file. */
export async function postmaster({ folder }: Member): Promise<number | undefined> {
  const text = await readFile(join(folder, 'disk', 'data', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return pid > 0 ? pid : undefined
}

/** The postmaster's pid and its children's. */
export async function processes(member: Member): Promise<number[]> {
  const pid = await postmaster(member)
  if (pid === undefined) return []
  const children = await run('pgrep', ['-P', String(pid)]).catch(() => '')
  return [pid, ...children.split('\n').filter(Boolean).map(Number)]
}

/** Runs SQL on a member by its socket: truth and loads do not go over the network that is cut. */
export async function sql({ folder }: Member, text: string, timeout = 3000, database = 'postgres'): Promise<string> {
  const where = ['-h', folder, '-U', 'postgres', '-d', database]
  return (await run(join(BINARIES, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', ...where, '-c', text], timeout)).trim()
}

/** Runs the first member until it leads, then the others, but those that come later, until they stream. */
export async function startCluster({ members, setup }: Cluster, program: string, sink: LineSink): Promise<void> {
  const [first, ...rest] = members.filter(({ number }) => !setup.later.includes(number))
  if (first === undefined) return
  startPatroni(first, program, sink)
  const leads = async () => (await sql(first, 'select pg_is_in_recovery()')) === 'f'
  await until(`${first.name} is primary`, leads)
  for (const member of rest) startPatroni(member, program, sink)
  for (const member of rest) {
    const streams = async () => (await sql(member, 'select status from pg_stat_wal_receiver')) === 'streaming'
    await until(`${member.name} streams`, streams)
  }
}

/** Ends what runs of a member, however stuck, and unmounts its disk. */
export async function stopMember(member: Member): Promise<void> {
  const pids = await processes(member)
  signal(member.patroni?.pid, 'SIGCONT')
  signal(member.patroni?.pid, 'SIGKILL')
  for (const pid of pids) signal(pid, 'SIGKILL')
  await attempt('umount', ['-l', join(member.folder, 'disk')])
}
