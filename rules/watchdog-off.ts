import { lastOf, membersOf } from '../src/model/picture.ts'
import { clear, fire, rule } from '../src/model/rule.ts'
import { NEVER } from '../src/model/state.ts'
import { says } from '../src/model/statement.ts'

export default rule<never>({
  meta: {
    id: 'watchdog-off',
    summary: 'A watchdog is required and cannot be used',
    scope: 'member',
    severity: 'critical',
    for: 0,
    params: {},
    mutedBy: [],
    inhibits: [],
    needs: ['Patroni lines of the member'],
    fires: 'Patroni says that its configuration requires a watchdog and that it could not be activated.',
    ends: 'The watchdog is activated.',
    silent: 'Automatic mode, in which a missing watchdog is only remarked upon.',
    blindSpots: ['A replica tries its watchdog only when it is about to be promoted.'],
    falseAlarms: [],
    remedy: ['ls -l /dev/watchdog   # on {member}: owned by the user of Patroni?', 'lsmod | grep -e softdog -e wdt'],
  },
  *check(cluster) {
    for (const member of membersOf(cluster)) {
      const unusable = lastOf(member, 'watchdog.unusable')
      if (unusable === NEVER) continue
      if (lastOf(member, 'watchdog.activated') > unusable)
        yield clear(member.name, `${member.name} has its watchdog again`)
      else
        yield fire({
          subject: member.name,
          member: member.name,
          summary: `${member.name} requires a watchdog and cannot use it: it cannot lead safely`,
          claims: says(member, 'watchdog.unusable'),
        })
    }
  },
})
