import { facet, type Seen } from '../model/facet.ts'
import { privateMemory } from '../model/facet-help.ts'
import { holdsLock } from '../model/leadership.ts'
import type { ClusterView } from '../model/sample.ts'
import type { Evidence } from '../model/source.ts'
import type { Cluster, Member, SyncList } from '../model/state.ts'

/** Changes kept. */
const MOST = 16
/** Names in Python's way of writing a list or a set; a bare name in early releases, bare names in quorum mode. */
const QUOTED = /'[^'*]+'/
const BARE = /^(?!None$)[\w.-]+(, [\w.-]+)*$/
const OFF = { value: 'off' }
const SYNC = new Set(['sync_standby', 'quorum_standby'])

interface Memory {
  /** The list that it assigned last, as it wrote it. */
  assigned: string | null
}

function newMemory(): Memory {
  return { assigned: null }
}

const memoryOf = privateMemory('sync', newMemory)

/**
 * The list of synchronous standbys: the leader's lines when it changes, and how the leader's `/cluster` shows the
 * members. A cluster that never had one and is not configured so has no list.
 */
export default facet({
  id: 'sync',
  memory: newMemory,
  on: {
    'sync.changed': changed,
    'sync.none': (event) => set(event.member.cluster, 'empty', event.time, [event.evidence()]),
    'patroni.sync-disabled': (event) => set(event.member.cluster, 'off', event.time, [event.evidence()]),
  },
  view: (observer, view) => listed(observer, view),
})

function changed(event: Seen): void {
  const { cluster } = event.member
  if (event.program !== 'patroni') return
  // Releases up to 1.6 say whom they remove, and then nothing when nobody takes the place.
  const removed = event.param('current') ?? event.param('voters')
  const list =
    event.param('picked') ?? event.param('allowPromote') ?? event.param('nodes2') ?? event.param('syncCommon')
  if (list === null && removed === null) return
  set(cluster, names(list) ? 'filled' : 'empty', event.time, [event.evidence()], names(removed))
  // The other lines lead to an assignment, or say what was assigned seconds before or after: with `leader`, to the DCS.
  if (event.param('picked') === null && (event.param('nodes2') === null || event.param('leader') !== null)) return
  if (!differs(event.member, list)) return
  cluster.sync?.changes.push(event.time)
  if ((cluster.sync?.changes.length ?? 0) > MOST) cluster.sync?.changes.shift()
}

/** A list that nobody can be taken on is assigned anew in each loop, as it was. */
function differs(member: Member, list: string | null): boolean {
  const memory = memoryOf(member)
  if (memory.assigned === list) return false
  memory.assigned = list
  return true
}

function names(list: string | null): boolean {
  return list !== null && (QUOTED.test(list) || BARE.test(list))
}

function listed(observer: Member, view: ClusterView): void {
  const { cluster } = observer
  if (!holdsLock(observer)) return
  const filled = view.members.some(({ role }) => SYNC.has(role))
  if (!filled && (cluster.sync ?? OFF).value === 'off' && cluster.timings.synchronousMode !== true) return
  set(cluster, filled ? 'filled' : 'empty', view.time, [
    { metric: 'sync_standby', time: view.time, value: filled ? 1 : 0 },
  ])
}

/** `hadBefore`: the list is known to have had somebody on it, whatever it is now. */
function set(
  cluster: Cluster,
  value: SyncList['value'],
  time: number,
  evidence: readonly Evidence[],
  hadBefore = false,
): void {
  const { sync } = cluster
  const had = hadBefore || value === 'filled' || (sync?.had ?? false)
  if (sync?.value === value) {
    sync.had = had
    return
  }
  cluster.sync = { value, since: time, had, changes: sync?.changes ?? [], evidence }
  cluster.dirty = true
}
