import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Member, postmaster, processes, sql } from './cluster.ts'
import { signal } from './host.ts'
import { type Cut, cut, mend } from './network.ts'
import type { Recording } from './recording.ts'
import type { Step } from './scenario.ts'

const at = (recording: Recording, number: number): Member => {
  const member = recording.cluster.members[number]
  if (member === undefined) throw new Error(`member ${number}: the cluster has ${recording.cluster.members.length}`)
  return member
}

/** A step on one member, marked in the truth before it begins. */
function on(
  number: number,
  action: string,
  act: (member: Member, recording: Recording) => Promise<unknown> | unknown,
): Step {
  return async (recording) => {
    const member = at(recording, number)
    recording.mark(action, { member: member.name })
    await act(member, recording)
  }
}

async function ask({ place }: Member, method: string, path: string, body: object, recording: Recording): Promise<void> {
  const answer = await fetch(`http://${place.address}:8008${path}`, {
    method,
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  })
  recording.mark('answered', { path, status: answer.status, text: (await answer.text()).slice(0, 200) })
}

export const restart = (number: number): Step =>
  on(number, 'restart', (member, recording) => ask(member, 'POST', '/restart', {}, recording))

export const reinitialize = (number: number): Step =>
  on(number, 'reinitialize', (member, recording) => ask(member, 'POST', '/reinitialize', { force: true }, recording))

export const switchover = (from: number, to: number): Step =>
  on(from, 'switchover', (member, recording) => {
    const body = { leader: member.name, candidate: at(recording, to).name }
    return ask(member, 'POST', '/switchover', body, recording)
  })

/** A switchover at a time so many seconds ahead. */
export const scheduleSwitchover = (from: number, to: number, ahead: number): Step =>
  on(from, 'switchover_scheduled', (member, recording) => {
    const scheduled_at = new Date(Date.now() + ahead * 1000).toISOString()
    const body = { leader: member.name, candidate: at(recording, to).name, scheduled_at }
    return ask(member, 'POST', '/switchover', body, recording)
  })

/** Changes the dynamic configuration; `{ pause: true }` pauses the cluster. */
export const configure = (patch: Record<string, unknown>): Step =>
  on(0, `config ${JSON.stringify(patch)}`, (member, recording) => ask(member, 'PATCH', '/config', patch, recording))

/** SIGTERM, as on a node drain. */
export const stop = (number: number): Step =>
  on(number, 'patroni_sigterm', ({ patroni }) => signal(patroni?.pid, 'SIGTERM'))

export const start = (number: number): Step =>
  on(number, 'patroni_start', (member, recording) => recording.start(member))

/** The node dies: Patroni and PostgreSQL at once, without a word. */
export const crash = (number: number): Step =>
  on(number, 'crash', async (member) => {
    const pids = await processes(member)
    signal(member.patroni?.pid, 'SIGKILL')
    for (const pid of pids) signal(pid, 'SIGKILL')
  })

export const killPatroni = (number: number): Step =>
  on(number, 'patroni_killed', ({ patroni }) => signal(patroni?.pid, 'SIGKILL'))

export const killPostgres = (number: number): Step =>
  on(number, 'postgres_killed', async (member) => signal(await postmaster(member), 'SIGKILL'))

export const freezePatroni = (number: number): Step =>
  on(number, 'patroni_frozen on', ({ patroni }) => signal(patroni?.pid, 'SIGSTOP'))

export const thawPatroni = (number: number): Step =>
  on(number, 'patroni_frozen off', ({ patroni }) => signal(patroni?.pid, 'SIGCONT'))

const signalPostgres = (number: number, action: string, name: NodeJS.Signals): Step =>
  on(number, action, async (member) => {
    for (const pid of await processes(member)) signal(pid, name)
  })

export const freezePostgres = (number: number): Step => signalPostgres(number, 'postgres_frozen on', 'SIGSTOP')
export const thawPostgres = (number: number): Step => signalPostgres(number, 'postgres_frozen off', 'SIGCONT')

export const cutOff = (number: number, what: Cut): Step =>
  on(number, `cut ${what} on`, ({ place }, { net }) => cut(net, place, what))

export const reconnect = (number: number): Step => on(number, 'cut off', ({ place }) => mend(place))

/** etcd hangs for everybody: its connections stay open. */
export const hangDcs: Step = async ({ etcd, mark }) => {
  mark('dcs_outage on')
  signal(etcd.pid, 'SIGSTOP')
}

export const wakeDcs: Step = async ({ etcd, mark }) => {
  mark('dcs_outage off')
  signal(etcd.pid, 'SIGCONT')
}

export const query = (number: number, text: string, seconds = 10): Step =>
  on(number, `sql ${text}`, (member) => sql(member, text, seconds * 1000))

/** Writes of this many kilobytes of WAL a second from here on. */
export const write =
  (kilobytes: number): Step =>
  async ({ writer, mark }) => {
    mark('writes', { kilobytes })
    writer.rate(kilobytes)
  }

/** Another program fills the disk of the data directory; `freeDisk` takes the file away. */
export const fillDisk = (number: number): Step =>
  on(number, 'disk_full on', async ({ folder }) => {
    const path = join(folder, 'disk', 'filler')
    for (let size = 512; size > 0; size = Math.floor(size / 2)) {
      await writeFile(path, Buffer.alloc(size * 1_000_000), { flag: 'a' }).catch(() => {})
    }
  })

export const freeDisk = (number: number): Step =>
  on(number, 'disk_full off', ({ folder }) => writeFile(join(folder, 'disk', 'filler'), ''))
