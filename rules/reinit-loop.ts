import { isRunningPrimary, lastOf, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import type { Member } from '../src/model/state.ts'
import { lines, says } from '../src/model/statement.ts'

export default rule<'rounds'>({
  meta: {
    id: 'reinit-loop',
    summary: 'A member is copied again and again without success',
    scope: 'member',
    severity: 'warning',
    for: 0,
    params: { rounds: { default: 2, unit: 'count', means: 'so many failed rounds' } },
    mutedBy: [],
    inhibits: ['bootstrap-failed'],
    needs: ['Patroni lines of the member'],
    fires: 'The second round of creating the replica failed.',
    ends: 'The copy is completed, or it streams.',
    silent: 'A first method that fails when the second one works: that is one round.',
    blindSpots: ['A copy that never fails and never ends.'],
    falseAlarms: [],
    remedy: [
      '# the output of the replica method in the log of {member}: disk, credentials, pg_hba.conf, max_wal_senders',
    ],
  },
  *check(cluster, _clock, { rounds }) {
    for (const member of membersOf(cluster)) {
      const { failedRounds } = member.history
      const failed = lastOf(member, 'bootstrap.failed')
      const first = failedRounds.at(-rounds)
      if (first !== undefined)
        yield fire({
          subject: member.name,
          member: member.name,
          since: failedRounds.at(-1) as number,
          summary: `creating ${member.name} failed at least ${rounds} times in a row`,
          claims: says(member, 'bootstrap.failed'),
          evidence: lines(member, 'bootstrap.failed', 'basebackup.failed'),
        })
      else if (failedRounds.length === 0 && (lastOf(member, 'bootstrap.completed') > failed || runs(member, failed)))
        yield clear(member.name, `${member.name} is complete`)
    }
  },
})

function runs(member: Member, since: number): boolean {
  const { replication } = member.claim
  return isRunningPrimary(member) || (replication.value === 'streaming' && replication.since > since)
}
