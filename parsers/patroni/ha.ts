import { messages } from '../../src/model/message.ts'

export default messages('patroni', [
  {
    type: 'noise',
    text: 'does not have lock',
    level: 'DEBUG',
    from: 'ha.py Ha.process_healthy_cluster',
    means: 'Routine.',
    samples: ['does not have lock'],
  },
  {
    type: 'noise',
    text: 'Not archiving latest checkpoint WAL file. Archiving is not configured.',
    level: 'INFO',
    since: '4.1.0',
    from: 'ha.py Ha.demote',
    means: 'Routine.',
    samples: ['Not archiving latest checkpoint WAL file. Archiving is not configured.'],
  },
])
