import { bytesBetween, type Lsn, mib } from '../src/model/lsn.ts'
import { lastOf, membersOf, streamingOf } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

/** A rewind may follow within the second: what was lost is told all the same. */
const SHOWN = 5_000

export default rule<never>({
  meta: {
    id: 'data-loss-risk',
    summary: 'A member has written past the point at which the new timeline begins',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['PostgreSQL or Patroni lines of the member', 'its samples, for the number of bytes'],
    fires:
      "PostgreSQL says that the new timeline forked off before its own recovery point; or the last position measured of it lies past the fork point in Patroni's `history=` line.",
    ends: 'It is rewound or copied anew, or it streams on the new timeline.',
    silent: 'A member that shut down at the fork point; the local position after a crash, which recovery itself moved.',
    blindSpots: ['Without samples the number of bytes is not known.'],
    falseAlarms: [],
    remedy: [
      '# before {member} is rewound: what it wrote last is lost with the rewind',
      'pg_waldump -p /home/postgres/pgdata/pgroot/data/pg_wal -s <fork point> | grep COMMIT   # on {member}',
    ],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) {
      const past = pastFork(member)
      if (past === null) continue
      const streaming = streamingOf(member)
      if (!clock.past(past.at, SHOWN)) yield report(member, past)
      else if (lastOf(member, 'rewind.completed', 'bootstrap.completed', 'datadir.removed') > past.at)
        yield clear(member.name, `${member.name} was rewound or is copied anew`)
      else if (streaming.since > past.at)
        yield clear(member.name, `${member.name} streams`, { evidence: streaming.evidence })
      else yield report(member, past)
    }
  },
})

function report(member: Member, past: Past) {
  return fire({
    subject: member.name,
    member: member.name,
    since: past.at,
    summary: `${member.name} has ${past.bytes === undefined ? '' : `at least ${mib(past.bytes)} of `}WAL past the fork point, which is lost when it is rewound`,
    claims: says(member, 'timeline.diverged', 'timeline.history'),
    evidence: lines(member, 'timeline.diverged', 'timeline.reported', 'timeline.history'),
  })
}

interface Past {
  readonly at: number
  readonly bytes: number | undefined
}

/**
 * Since when it is known to be past the fork point, and by how many bytes, if it was measured. Samples that ended before
 * the fork deny nothing that PostgreSQL says itself.
 */
function pastFork(member: Member): Past | null {
  const { fork, forkedAt } = member.history
  if (fork !== null) {
    const written = lastWritten(member, fork.timeline)
    const bytes = written === undefined ? 0 : bytesBetween(fork.lsn, written)
    if (bytes > 0) return { at: fork.at, bytes }
  }
  return forkedAt === NEVER ? null : { at: forkedAt, bytes: undefined }
}

/** The last position it was measured to have written on that timeline. */
function lastWritten(member: Member, timeline: number): Lsn | undefined {
  return member.measure.points.findLast((point) => point.write !== undefined && point.timeline === timeline)?.write
}
