import type { Clock } from '../src/model/clock.ts'
import { holdsLock } from '../src/model/leadership.ts'
import { lastOf, membersOf, seriesSince } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Member, NEVER, type Said } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

/** A process that Patroni had stopped dies within so long of the order. */
const ORDERED = 30_000
/** Lines of PostgreSQL overtake those of Patroni by a little. */
const CLOSE = 1_000
/** A crash that mends itself at once is shown all the same, for so long. */
const SHOWN = 5_000

export default rule<never>({
  meta: {
    id: 'postgres-crashed',
    summary: 'A process of PostgreSQL crashed',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: ['pause', 'stop', 'restart', 'switchover', 'rolling-update'],
    inhibits: [],
    needs: ['PostgreSQL lines of the member'],
    fires:
      'PostgreSQL reports a process killed by a signal, a PANIC, or the loss of its postmaster. Critical on the leader.',
    ends: 'It runs again.',
    silent: 'A shutdown that Patroni ordered.',
    blindSpots: [
      'On Spilo PostgreSQL writes to files of its own; a postmaster that is killed may write nothing at all.',
    ],
    falseAlarms: [],
    remedy: [
      'journalctl -k | grep -i "out of memory"   # on {member}',
      '# core file, and the statement named in the DETAIL line',
    ],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) {
      const crashed = member.said.get('postgres.crashed')
      if (crashed !== undefined) yield judge(member, crashed, clock)
    }
  },
})

function judge(member: Member, crashed: Said, clock: Clock): Verdict {
  const { postgres } = member.claim
  // It was running again, whatever ended that since.
  if (member.history.downSince > crashed.at) return clear(member.name, 'its PostgreSQL ran again')
  if (postgres.value === 'running' && postgres.at > crashed.at && clock.past(crashed.at, SHOWN))
    return clear(member.name, `its PostgreSQL runs since ${clock.hms(postgres.since)}`, { evidence: postgres.evidence })
  if (wasOrdered(member, crashed.at)) return unknown(member.name, 'it was being shut down')
  const since = seriesSince(crashed, member.history.downSince - 1, member.history.downSince) ?? crashed.at
  return fire({
    subject: member.name,
    member: member.name,
    since,
    severity: holdsLock(member) ? 'critical' : 'warning',
    summary: `a process of PostgreSQL on ${member.name} crashed at ${clock.hms(since)}`,
    claims: says(member, 'leader.confirmed', 'follower.confirmed'),
    evidence: lines(member, 'postgres.crashed', 'postgres.crash-recovery', 'process.killed', 'disk.full'),
  })
}

/** Patroni had it stopped: by a demotion, for a copy, or by a shutdown request that PostgreSQL wrote of. */
function wasOrdered(member: Member, crashed: number): boolean {
  const shutdown = member.said.get('postgres.shutdown')
  const asked = typeof shutdown?.params.mode === 'string' ? shutdown.at : NEVER
  const order = Math.max(asked, lastOf(member, 'demotion.started', 'datadir.removed'))
  return crashed - order < ORDERED && order <= crashed + CLOSE
}
