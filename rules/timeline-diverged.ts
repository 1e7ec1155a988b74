import { isRunningPrimary, lastOf, membersOf, seriesSince, streamingOf } from '../src/model/picture.ts'
import { plannedFor } from '../src/model/planned-work.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'timeline-diverged',
    summary: 'A replica is on a timeline that its source does not have',
    scope: 'member',
    severity: 'warning',
    for: 180_000,
    params: {},
    mutedBy: ['rebuild'],
    inhibits: [],
    needs: ['PostgreSQL lines of the replica'],
    fires: 'PostgreSQL says that the timelines parted, and for 3 min nobody rewinds or rebuilds it.',
    ends: 'Streaming is proven on the new timeline.',
    silent: 'A rewind or reinit under way.',
    blindSpots: ["The line stands in PostgreSQL's own log, which Spilo writes to files."],
    falseAlarms: [],
    remedy: ['patronictl list {scope}', 'patronictl reinit {scope} {member}'],
  },
  *check(cluster, clock) {
    for (const member of membersOf(cluster)) {
      const said = member.said.get('timeline.diverged')
      if (said === undefined) continue
      const { replication } = member.claim
      const mended = lastOf(member, 'rewind.completed', 'bootstrap.completed', 'datadir.removed')
      if (isRunningPrimary(member)) yield clear(member.name, `${member.name} is the running primary`)
      else if (streamingOf(member).since > said.at) yield clear(member.name, `${member.name} streams again`)
      else if (mended > said.at || plannedFor(member, clock, 'rebuild') !== undefined)
        yield unknown(member.name, 'it is being rewound or rebuilt')
      else
        yield fire({
          subject: member.name,
          member: member.name,
          since: seriesSince(said, mended, replication.value === 'stopped' ? replication.since : NEVER) ?? said.at,
          summary: `${member.name} diverged from its source's timeline, and no rewind is under way`,
          claims: says(member, 'follower.confirmed'),
          evidence: lines(member, 'timeline.diverged'),
        })
    }
  },
})
