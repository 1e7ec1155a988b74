import { messages } from '../../src/model/message.ts'

const MEANS = 'No space is left where this was to be written.'

/** What Python and the programs that Patroni runs write when the disk is full, without a time of their own. */
export default messages('patroni', [
  {
    type: 'disk.full',
    text: '{what} No space left on device: {path}',
    bare: true,
    level: 'ERROR',
    from: 'Python, errno 28',
    means: MEANS,
    samples: [
      "OSError: [Errno 28] No space left on device: '/home/postgres/pgdata/pgroot/data/patroni.dynamic.json.tmp'",
    ],
  },
  {
    type: 'disk.full',
    text: '{what} No space left on device',
    bare: true,
    level: 'ERROR',
    from: 'Python, errno 28; pg_basebackup, pg_rewind, cp',
    means: MEANS,
    samples: [
      'OSError: [Errno 28] No space left on device',
      'pg_rewind: error: could not write file "/home/postgres/pgdata/pgroot/data/base/5/1259": No space left on device',
    ],
  },
  {
    type: 'disk.full',
    text: 'pg_basebackup: error: {what}: No space left on device',
    bare: true,
    level: 'ERROR',
    from: 'pg_basebackup',
    means: MEANS,
    samples: [
      'pg_basebackup: error: could not create directory "/home/postgres/pgdata/pgroot/data": No space left on device',
    ],
  },
])
