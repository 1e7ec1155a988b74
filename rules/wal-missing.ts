import { isRunningPrimary, membersOf, seriesSince, streamingOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Cluster, type Member, NEVER, type Said } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<'span'>({
  meta: {
    id: 'wal-missing',
    summary: 'A replica asks for WAL that its source has removed',
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: { span: { default: 60_000, unit: 'duration', means: 'asked again after so long' } },
    mutedBy: [],
    inhibits: [],
    needs: ['PostgreSQL lines of the replica'],
    fires: 'The same missing WAL was asked for at least twice over 60 s, and nothing is replayed.',
    ends: 'It streams or replays again.',
    silent: 'One refusal that the archive mends.',
    blindSpots: ['The line stands in PostgreSQL’s own log, which Spilo writes to files.'],
    falseAlarms: [],
    remedy: [
      'psql -c "select slot_name, restart_lsn, wal_status from pg_replication_slots"',
      'patronictl reinit {scope} {member}',
      '# or restore the segment into the archive',
    ],
  },
  *check(cluster, _clock, { span }) {
    for (const member of membersOf(cluster)) {
      const said = member.said.get('replication.wal-missing')
      if (said?.params.side === 'source') yield* ofSource(cluster, member, said, span)
      if (said === undefined || isRunningPrimary(member) || said.params.side === 'source') continue
      const { replication } = member.claim
      const { replay } = member.measure
      const moved =
        replay.moved.at > said.at || (replay.movedBefore > (said.times[0] ?? said.at) && replay.lsn !== undefined)
      const stopped = replication.value === 'stopped' ? replication.since : NEVER
      const since = seriesSince(said, replay.moved.at, stopped) ?? said.at
      if (streamingOf(member).at > said.at) yield clear(member.name, `${member.name} streams again`)
      else if (moved) yield clear(member.name, `${member.name} replays again`)
      else if (said.at - since < span) yield unknown(member.name, 'not asked again for long enough')
      else
        yield fire({
          subject: member.name,
          member: member.name,
          since,
          summary: `${member.name} asks again and again for WAL that its source has removed`,
          claims: says(member, 'follower.confirmed'),
          evidence: lines(member, 'replication.wal-missing'),
        })
    }
  },
})

/** The source's own word, which does not say who asks; it counts where no other member's log could tell. */
function* ofSource(cluster: Cluster, source: Member, said: Said, span: number): Generator<Verdict> {
  const since = said.times[0] ?? said.at
  if (membersOf(cluster).length > 1 || said.at - since < span) return
  yield fire({
    subject: `standby of ${source.name}`,
    member: source.name,
    since,
    summary: `a standby of ${source.name} asks again and again for WAL that ${source.name} has removed`,
    claims: [],
    evidence: lines(source, 'replication.wal-missing'),
  })
}
