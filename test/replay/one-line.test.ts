import { describe, it } from 'node:test'
import { has, hasNot, paste, patroni, postgres, told } from './excerpt.ts'

describe('one line tells it, where no other does', () => {
  for (const line of [
    'demoting self because DCS is not accessible and I was a leader',
    'Demoting self (offline)',
    'demoted self because DCS is not accessible and i was a leader',
  ])
    it(`a demotion is for the DCS: ${line}`, async () => {
      has(await told(paste(patroni(0, line))), 'case dcs unknown unreachable logged')
    })

  it('a demotion for another reason says nothing of the DCS', async () => {
    const story = await told(paste(patroni(0, 'demoting self because i am not the healthiest node')))
    hasNot(story, ' dcs ')
  })

  it('a build of its own tells the end of failsafe mode', async () => {
    const story = await told(
      paste(
        patroni(0, 'continue to run as a leader because failsafe mode is enabled and all members are accessible'),
        patroni(10, 'DCS recovered, failsafe mode ending and we remain the leader'),
      ),
    )
    has(story, 'case failsafe holding off logged')
  })

  it('a release up to 2.1.1 demotes a leader that lost its lock, and says so once', async () => {
    const story = await told(
      paste(
        patroni(0, 'no action. I am (db-1), the leader with the lock'),
        patroni(10, 'demoting self because i do not have the lock and i was a leader'),
      ),
    )
    has(story, 'db-1 role leader none logged')
    const last = await told(paste(patroni(0, 'demoting self because i do not have the lock and i was a leader')))
    has(last, 'case role unknown none logged')
  })

  it('a receiver that cannot make the next segment streams no more; of a leader that is no word about replication', async () => {
    const cannot = postgres(20, 'FATAL:  could not create file "pg_wal/xlogtemp.25055": Permission denied', 72)
    const replica = await told(
      paste(
        patroni(0, 'no action. I am (db-1), a secondary, and following a leader (db-2)'),
        postgres(2, 'LOG:  started streaming WAL from primary at 0/5000000 on timeline 1', 72),
        cannot,
      ),
    )
    has(replica, 'db-1 replication streaming stopped logged')
    const leader = await told(paste(patroni(0, 'no action. I am (db-1), the leader with the lock'), cannot))
    hasNot(leader, ' replication ')
  })
})
