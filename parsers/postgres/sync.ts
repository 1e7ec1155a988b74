import { messages } from '../../src/model/message.ts'

/** Who counts as a synchronous standby, as the primary sees it. */
export default messages('postgres', [
  {
    type: 'sync.changed',
    text: 'standby "{member}" is now a synchronous standby with priority {priority:int}',
    level: 'INFO',
    since: '9.6',
    from: 'walsender',
    means: 'Commits on the primary wait for this standby from now on.',
    samples: ['standby "acid-orders-1" is now a synchronous standby with priority 1'],
  },
  {
    type: 'sync.changed',
    text: 'standby "{member}" is now a candidate for quorum synchronous standby',
    level: 'INFO',
    since: '10',
    from: 'walsender',
    means: 'Commits on the primary wait for a quorum to which this standby belongs.',
    samples: ['standby "acid-orders-1" is now a candidate for quorum synchronous standby'],
  },
  {
    type: 'noise',
    text: 'standby "{member}" now has synchronous standby priority {priority:int}',
    level: 'DEBUG',
    from: 'walsender',
    means: 'The order of the synchronous standbys changed; it does not say that any is used.',
    samples: ['standby "acid-orders-1" now has synchronous standby priority 0'],
  },
])
