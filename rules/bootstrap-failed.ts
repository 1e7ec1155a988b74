import { isRunningPrimary, lastOf, membersOf, streamingOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<'patience'>({
  meta: {
    id: 'bootstrap-failed',
    summary: 'Creating a member failed and no other method succeeded',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: { patience: { default: 300_000, unit: 'duration', means: 'so long without another method succeeding' } },
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the member'],
    fires: 'A method of creating the replica, or the bootstrap of the cluster, failed; for 5 min nothing goes on.',
    ends: 'It is completed, it streams, or it is the running primary.',
    silent: 'A first method that fails while the next one works, however long that takes.',
    blindSpots: ['A helper that hangs instead of failing.'],
    falseAlarms: [],
    remedy: [
      '# the output of the replica method in the log of {member}: disk, credentials, pg_hba.conf, max_wal_senders',
    ],
  },
  *check(cluster, clock, { patience }) {
    for (const member of membersOf(cluster)) {
      const failed = lastOf(member, 'bootstrap.failed', 'basebackup.failed')
      if (failed === NEVER) continue
      const going = lastOf(member, 'bootstrap.running', 'bootstrap.started')
      if (succeeded(member, failed)) yield clear(member.name, `${member.name} is complete`)
      else if (going > failed) yield unknown(member.name, 'it is tried again')
      else
        yield fire({
          subject: member.name,
          member: member.name,
          since: failed,
          for: patience,
          summary: `creating ${member.name} failed at ${clock.hms(failed)} and nothing was tried since`,
          claims: says(member, 'bootstrap.failed', 'basebackup.failed'),
          evidence: lines(member, 'bootstrap.failed', 'basebackup.failed'),
        })
    }
  },
})

function succeeded(member: Member, failed: number): boolean {
  if (isRunningPrimary(member) || member.primary.since > failed) return true
  return lastOf(member, 'bootstrap.completed') > failed || streamingOf(member).at > failed
}
