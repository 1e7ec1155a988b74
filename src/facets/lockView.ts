import { type Fold, facet, type Seen } from '../model/facet.ts'
import { inferred, logged, privateMemory, stands } from '../model/facet-help.ts'
import { lastOf, loopOf } from '../model/picture.ts'
import type { Member } from '../model/state.ts'

/** Race lines of a member since it last named a leader. */
interface Race {
  /** Cycles that ended without a promotion and without a leader. */
  cycles: number
}

function newMemory(): Race {
  return { cycles: 0 }
}

const raceOf = privateMemory('lockView', newMemory)

/**
 * The leader a member names, or none. A replica whose watch is stale loses its leader without a line: proven by a peer
 * that answers as a primary while it confirms its leadership, or by two cycles in a row that end in "not the
 * healthiest", or without the lock, with no leader named between. One such cycle right after an election is normal.
 */
export default facet({
  id: 'lockView',
  memory: newMemory,
  on: {
    'follower.confirmed': (event, fold) => names(event, fold, event.param('leader')),
    'leader.confirmed': (event, fold) => names(event, fold, event.member.name),
    'lock.acquired': (event, fold) => names(event, fold, event.member.name),
    'promotion.started': (event, fold) => {
      if (event.program === 'patroni') names(event, fold, event.member.name)
    },
    'lock.owner-seen': (event, fold) => {
      const owner = event.param('owner')
      if (owner !== null) names(event, fold, owner)
      else if (!stands(event.member, 'lockView', 'none', event.time))
        fold.set(event.member, 'lockView', 'none', logged(event, 'it sees no owner of the leader lock'))
    },
    'race.primary-alive': (event, fold) => {
      const leader = event.member.cluster.members.get(event.param('member') ?? '')
      if (leader === undefined || !leads(leader, event.time)) return
      lost(
        event,
        fold,
        `it finds ${leader.name} alive as primary, without a leader in its view, while ${leader.name} confirms that it holds the lock`,
      )
    },
    'race.not-healthiest': raced,
    // The same end of such a cycle, of a member with the tag nofailover: it asks nobody before.
    'race.not-allowed': raced,
    // And of one to whom the DCS did not give the lock.
    'lock.acquire-failed': (event, fold) => {
      if (event.param('cycle') !== null) raced(event, fold)
    },
  },
})

function raced(event: Seen, fold: Fold): void {
  const race = raceOf(event.member)
  race.cycles++
  if (race.cycles >= 2) lost(event, fold, 'two cycles in a row it takes part in a leader race and names no leader')
}

function names(event: Seen, fold: Fold, leader: string | null): void {
  raceOf(event.member).cycles = 0
  if (leader === null || stands(event.member, 'lockView', leader, event.time)) return
  fold.set(event.member, 'lockView', leader, logged(event, `it names ${leader} as leader`))
}

function lost(event: Seen, fold: Fold, because: string): void {
  if (stands(event.member, 'lockView', 'none', event.time)) return
  fold.set(event.member, 'lockView', 'none', inferred(event, because))
}

/** Whether a member said within the last two loops that it holds the lock. */
function leads(member: Member, time: number): boolean {
  const confirmed = lastOf(member, 'leader.confirmed', 'lock.acquired')
  return member.claim.role.value === 'leader' && time - confirmed <= 2 * loopOf(member)
}
