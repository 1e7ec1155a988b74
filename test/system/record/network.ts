import { attempt, run } from './host.ts'

/** A network of its own: a bridge on which the watcher, etcd and each member have an address. */
export type Network = { bridge: string; watcher: string; dcs: string }

export type Place = { namespace: string; address: string; link: string }

/** What a cut takes away from a member: its etcd, its peers (the watcher still reads its REST API), or everything. */
export type Cut = 'dcs' | 'peers' | 'replication' | 'all'

/** `id` is at most 8 characters (names of interfaces are short), `third` the third octet of 10.77.x. */
export async function network(id: string, third: number): Promise<Network> {
  const bridge = `${id}-br`
  await attempt('ip', ['link', 'del', bridge])
  await run('ip', ['link', 'add', bridge, 'type', 'bridge'])
  await run('ip', ['addr', 'add', `10.77.${third}.1/24`, 'dev', bridge])
  await run('ip', ['addr', 'add', `10.77.${third}.10/24`, 'dev', bridge])
  await run('ip', ['link', 'set', bridge, 'up'])
  return { bridge, watcher: `10.77.${third}.1`, dcs: `10.77.${third}.10` }
}

/** A member's place: a namespace whose only way out is the bridge. */
export async function place({ bridge, watcher }: Network, id: string, number: number): Promise<Place> {
  const namespace = `${id}-${number}`
  const link = `${id}-v${number}`
  const address = watcher.replace(/1$/, String(11 + number))
  await attempt('ip', ['netns', 'del', namespace])
  await attempt('ip', ['link', 'del', link])
  await run('ip', ['netns', 'add', namespace])
  await run('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace])
  await run('ip', ['link', 'set', link, 'master', bridge, 'up'])
  for (const args of [
    ['addr', 'add', `${address}/24`, 'dev', 'eth0'],
    ['link', 'set', 'eth0', 'up'],
    ['link', 'set', 'lo', 'up'],
  ]) {
    await run('ip', ['-n', namespace, ...args])
  }
  return { namespace, address, link }
}

/** Packets are dropped without a word: connections stay open and go silent. */
export async function cut({ watcher, dcs }: Network, place: Place, what: Cut): Promise<void> {
  if (what === 'all') return void (await run('ip', ['link', 'set', place.link, 'down']))
  for (const rule of rules(what, dcs, watcher)) await run('ip', ['netns', 'exec', place.namespace, 'iptables', ...rule])
}

function rules(what: Exclude<Cut, 'all'>, dcs: string, watcher: string): string[][] {
  const drop = ['-j', 'DROP']
  if (what === 'dcs') {
    return [
      ['-A', 'OUTPUT', '-d', dcs, ...drop],
      ['-A', 'INPUT', '-s', dcs, ...drop],
    ]
  }
  if (what === 'replication') {
    return [
      // Not on the way back to itself: Patroni asks its own PostgreSQL by TCP.
      ['-A', 'INPUT', '-i', 'eth0', '-p', 'tcp', '--sport', '5432', ...drop],
      ['-A', 'OUTPUT', '-o', 'eth0', '-p', 'tcp', '--dport', '5432', ...drop],
    ]
  }
  return [
    ['-A', 'INPUT', '!', '-s', watcher, '!', '-i', 'lo', ...drop],
    ['-A', 'OUTPUT', '!', '-d', watcher, '!', '-o', 'lo', ...drop],
  ]
}

export async function mend(place: Place): Promise<void> {
  await run('ip', ['link', 'set', place.link, 'up'])
  await run('ip', ['netns', 'exec', place.namespace, 'iptables', '-F'])
}

export async function clearNetwork({ bridge }: Network, places: readonly Place[]): Promise<void> {
  for (const { namespace, link } of places) {
    await attempt('ip', ['netns', 'del', namespace])
    await attempt('ip', ['link', 'del', link])
  }
  await attempt('ip', ['link', 'del', bridge])
}
