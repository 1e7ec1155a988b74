import { type Fold, facet, type Seen } from '../model/facet.ts'
import { logged, stands } from '../model/facet-help.ts'
import { lastOf } from '../model/picture.ts'
import { type Member, NEVER } from '../model/state.ts'

/** After this long without a line that tells its role (at level WARNING none does) a member's samples speak for it. */
const LOG_SILENT = 40_000
/** A PostgreSQL that was stopped and of which nothing was heard for so long has lost its role. */
const STOPPED = 15_000

/** Lines of a member whose PostgreSQL is up or on its way. */
const LIFE = [
  'leader.confirmed',
  'follower.confirmed',
  'lock.acquired',
  'postgres.starting',
  'postgres.ready',
  'postgres.restarting',
]

/** `role` is the member's own last word: neither another's promotion nor silence changes it. */
export default facet({
  id: 'role',
  on: {
    'leader.confirmed': (event, fold) => leads(event, fold, 'its HA loop renewed the leader lock'),
    'lock.acquired': (event, fold) => leads(event, fold, 'it acquired the leader lock'),
    'promotion.started': (event, fold) => {
      // PostgreSQL's own "received promote request" takes no lock.
      if (event.program !== 'patroni') return
      const standby = event.param('standby') !== null
      leads(
        event,
        fold,
        standby ? 'it took the lock of the standby cluster' : 'it took the leader lock and began to promote',
      )
    },
    'follower.confirmed': (event, fold) => {
      if (stands(event.member, 'role', 'replica', event.time)) return
      fold.set(event.member, 'role', 'replica', logged(event, 'its HA loop says it is a secondary'))
    },
    'failsafe.holding': (event, fold) => {
      if (event.member.claim.role.value === 'unknown') leads(event, fold, 'it goes on as leader in failsafe mode')
    },
    'demotion.started': (event, fold) => {
      fold.set(
        event.member,
        'role',
        'none',
        logged(event, `it demotes itself (${event.param('mode') ?? 'mode not said'})`),
      )
    },
    'demotion.completed': (event, fold) => ends(event, fold, 'it has demoted itself'),
    // Up to 2.1.1 no line says that a demotion begins: of this one only its end is written.
    'lock.acquire-failed': (event, fold) => {
      if (event.param('reason') !== null) ends(event, fold, 'it has demoted itself')
    },
    'lock.lost': (event, fold) => ends(event, fold, 'it says that it lost the leader lock'),
    'lock.released': (event, fold) => ends(event, fold, 'it gave up the leader lock'),
    // A leader that died without a word comes back as what it finds itself to be.
    'lock.owner-seen': (event, fold) => {
      const owner = event.param('owner')
      if (owner !== null && owner !== event.member.name && leading(event.member))
        fold.set(event.member, 'role', 'none', logged(event, `it sees the leader lock held by ${owner}`))
    },
  },
  sample(member, sample, fold) {
    if (sample.role === undefined || sample.state !== 'running') return
    if (toldAt(member) > sample.time - LOG_SILENT) return
    const role = sample.role === 'primary' ? 'leader' : sample.role
    if (role === 'leader' && sample.time <= member.primary.ended) return
    fold.set(member, 'role', role, {
      basis: 'measured',
      because: `a sample reads role ${sample.role}, and its log says nothing of it`,
    })
  },
  expire(member, clock, fold) {
    const shutdown = member.said.get('postgres.shutdown')
    if (shutdown === undefined || !leading(member)) return
    const word = Math.max(member.primary.proven.at, lastOf(member, ...LIFE))
    if (word > shutdown.at || shutdown.at < member.claim.role.at || !clock.past(shutdown.at, STOPPED)) return
    fold.set(member, 'role', 'none', {
      basis: 'inferred',
      because: 'its PostgreSQL was shut down and did not start again',
      since: shutdown.at,
      evidence: [shutdown.evidence()],
    })
  },
})

/** When a line told the role last; until the first one, the latest line of any kind, for it may be about to. */
function toldAt({ claim: { role }, heard }: Member): number {
  if (role.value === 'unknown') return heard.at
  return role.basis === 'measured' ? NEVER : role.at
}

function leads(event: Seen, fold: Fold, because: string): void {
  const role = leaderKind(event)
  if (stands(event.member, 'role', role, event.time)) return
  fold.set(event.member, 'role', role, logged(event, because))
}

/** A lock renewed while something else runs is that of either kind of leader. */
function leaderKind(event: Seen): 'leader' | 'standby_leader' {
  if (event.param('standby') !== null) return 'standby_leader'
  const stays = event.param('action') !== null && event.member.claim.role.value === 'standby_leader'
  return stays ? 'standby_leader' : 'leader'
}

/** Who says that it is no leader any more was one, also where nothing told of it before. */
function ends(event: Seen, fold: Fold, because: string): void {
  if (!leading(event.member) && event.member.claim.role.value !== 'unknown') return
  fold.set(event.member, 'role', 'none', logged(event, because))
}

function leading(member: Member): boolean {
  return member.claim.role.value === 'leader' || member.claim.role.value === 'standby_leader'
}
