import { messages } from '../../src/model/message.ts'

export default messages('patroni', [
  {
    type: 'dcs.unreachable',
    text: 'DCS is not accessible',
    level: 'INFO',
    from: 'ha.py Ha._handle_dcs_error',
    means:
      'The DCS did not answer this member in this cycle. On Kubernetes its absence proves nothing. Replica (any), or leader that is paused or whose postgres is not running: nothing is done.',
    samples: ['DCS is not accessible'],
  },
  {
    type: 'dcs.unreachable',
    text: 'Error communicating with DCS',
    level: 'ERROR',
    from: 'ha.py Ha._run_cycle',
    means:
      'The DCS did not answer this member in this cycle. On Kubernetes its absence proves nothing. ERROR, logged by both roles right before the outcome line.',
    samples: ['Error communicating with DCS'],
  },
  {
    type: 'dcs.request-failed',
    text: 'Failed to fetch current wal lsn: {error}',
    level: 'DEBUG',
    since: '3.3.3',
    from: 'ha.py Ha._run_cycle',
    means: 'A detail of a failed call to the DCS.',
    samples: ["Failed to fetch current wal lsn: ConnectionRefusedError(111, 'Connection refused')"],
  },
  {
    type: 'dcs.request-failed',
    text: "Retrying (Retry(total={left:int}, {retry})) after connection broken by '{error}",
    level: 'WARNING',
    from: 'urllib3/connectionpool',
    means: 'A call to the DCS is tried again.',
    samples: [
      "Retrying (Retry(total=3, connect=10, read=pg-2, redirect=10, status=10)) after connection broken by 'ConnectionRefusedError(111, 'Connection refused')': /var/lib/postgresql/data",
    ],
  },
  {
    type: 'dcs.unreachable',
    text: 'Can not get cluster from dcs',
    level: 'WARNING',
    from: '__main__.py Patroni.ensure_dcs_access',
    means:
      'The DCS did not answer this member in this cycle. On Kubernetes its absence proves nothing. Start-up only, every 5 s.',
    samples: ['Can not get cluster from dcs'],
  },
  {
    type: 'dcs.request-failed',
    text: 'Exceeded retry deadline',
    level: 'ERROR',
    from: 'utils.py RetryFailedError',
    means: 'The DCS did not answer within retry_timeout; the etcd back-ends write the bare exception.',
    samples: ['Exceeded retry deadline'],
  },
  {
    type: 'dcs.request-failed',
    text: "'Exceeded retry deadline'",
    level: 'ERROR',
    until: '3.3.11',
    from: 'utils.py RetryFailedError',
    means: 'The DCS did not answer within retry_timeout; releases before 4.0 quote the exception.',
    samples: ["'Exceeded retry deadline'"],
  },
])
