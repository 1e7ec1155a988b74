import { isRunningPrimary, lastOf, membersOf, streamingOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Member, NEVER, type Said } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<'patience'>({
  meta: {
    id: 'rewind-failed',
    summary: 'pg_rewind failed, or did not help',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: {
      patience: { default: 30_000, unit: 'duration', means: 'so long for the next try, or for a copy, to begin' },
    },
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the member'],
    fires: 'pg_rewind ended with an exit code other than 0, or was done and the WAL it needs then is missing.',
    ends: 'Streaming is proven.',
    silent: 'Waiting for a checkpoint or a leader before the rewind; a copy that is made instead.',
    blindSpots: ['What pg_rewind itself printed may stand on lines without a stamp.'],
    falseAlarms: [],
    remedy: ['patronictl list {scope}', 'patronictl reinit {scope} {member}'],
  },
  *check(cluster, clock, { patience }) {
    for (const member of membersOf(cluster)) {
      const failed = failureOf(member)
      if (failed === null) continue
      if (isRunningPrimary(member)) yield clear(member.name, `${member.name} is the running primary`)
      else if (streamingOf(member).at > failed.at) yield clear(member.name, `${member.name} streams again`)
      else if (lastOf(member, 'rewind.started', 'rewind.completed', 'datadir.removed', 'bootstrap.running') > failed.at)
        yield unknown(member.name, 'it is tried again, or copied')
      else
        yield fire({
          subject: member.name,
          member: member.name,
          since: failed.since,
          for: patience,
          summary: `${failed.what} at ${clock.hms(failed.when)}`,
          claims: says(member, 'follower.confirmed', 'rewind.completed'),
          evidence: lines(member, 'rewind.started', 'rewind.failed', 'rewind.completed', 'replication.wal-missing'),
        })
    }
  },
})

/** The latest failure: `at` is its latest word, `since` its begin, `when` the time of the rewind. */
function failureOf(member: Member): { at: number; since: number; what: string; when: number } | null {
  const exit = member.said.get('rewind.failed')
  const done = lastOf(member, 'rewind.completed')
  const missing = member.said.get('replication.wal-missing')
  if (done !== NEVER && missing !== undefined && missing.previous > done) {
    const since = missing.times.find((time) => time > done) ?? missing.previous
    return { at: missing.at, since, what: `${member.name} lacks WAL since it was rewound`, when: done }
  }
  if (exit === undefined || !ran(exit) || exit.at < done) return null
  return { at: exit.at, since: exit.at, what: `pg_rewind of ${member.name} failed`, when: exit.at }
}

/** It was run: its exit code, or the word that follows it, is the latest; not that it cannot be run yet. */
function ran({ params: { code, name, leaderStatus } }: Said): boolean {
  return typeof code === 'string' || (typeof name === 'string' && leaderStatus === undefined)
}
