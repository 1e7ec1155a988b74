import type { Clock } from '../src/model/clock.ts'
import { isLogged } from '../src/model/hearing.ts'
import { membersOf } from '../src/model/picture.ts'
import { clear, fire, rule, unknown, type Verdict } from '../src/model/rule.ts'
import { type Member, NEVER } from '../src/model/state.ts'

export default rule<'patience'>({
  meta: {
    id: 'rule-blind',
    summary: 'An input that rules need has never been seen of a member',
    scope: 'member',
    severity: 'info',
    for: 0,
    params: { patience: { default: 1_800_000, unit: 'duration', means: 'so long after its first line or sample' } },
    mutedBy: ['stop', 'rebuild', 'rolling-update'],
    inhibits: [],
    needs: ['lines or samples of the member'],
    fires:
      'Half an hour after it was first seen there is no line of its PostgreSQL; or its REST API answers and no line of its Patroni was ever read.',
    ends: 'The input is seen.',
    silent: 'A member that is not heard at all; an input that was seen once and then ended: see logs-missing.',
    blindSpots: ['A PostgreSQL that has nothing to say (log_checkpoints off) looks like one that is not read.'],
    falseAlarms: [
      'Spilo without its csvlog files: replica-without-upstream and wal-missing then rest on samples alone.',
    ],
    remedy: [
      '# ship the PostgreSQL log of {member} too (Spilo: pg_log/*.csv)',
      'patronictl show-config {scope}   # log.level above INFO?',
    ],
  },
  *check(cluster, clock, { patience }) {
    for (const member of membersOf(cluster)) yield judge(member, clock, patience)
  },
})

function judge(member: Member, clock: Clock, patience: number): Verdict {
  const missing = missingOf(member, clock)
  if (missing === null) return clear(member.name, `all inputs of ${member.name} are seen`)
  if (member.firstSeen === NEVER) return unknown(member.name, 'it was never seen')
  return fire({
    subject: member.name,
    member: member.name,
    since: member.firstSeen,
    for: patience,
    summary: `${missing} of ${member.name} was read since ${clock.hms(member.firstSeen)}`,
  })
}

/** Lines without a meaning ask for no check: once in so long it is looked whether any came. */
const LOOKED_AT = 600_000

function missingOf(member: Member, clock: Clock): string | null {
  const { cluster, heard, measure, postgresHeard } = member
  if (!isLogged(cluster)) return null
  if (heard.at === NEVER && measure.sampled.at !== NEVER) return 'no Patroni line (log level above INFO?)'
  const looked = Math.floor(clock.now / LOOKED_AT) * LOOKED_AT
  if (heard.at === NEVER || postgresHeard.first <= looked) return null
  clock.past(looked, LOOKED_AT)
  return 'no PostgreSQL line'
}
