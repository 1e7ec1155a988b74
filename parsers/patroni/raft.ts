import { messages } from '../../src/model/message.ts'

export default messages('patroni', [
  {
    type: 'dcs.request-failed',
    text: 'Connection to {node} failed: {error}',
    level: 'DEBUG',
    since: '2.1.0',
    from: 'dcs/raft.py _TCPTransport._connectIfNecessarySingle',
    means: 'A single call to the DCS failed; routine when servers restart, no outage by itself.',
    samples: ["Connection to some node failed: ConnectionRefusedError(111, 'Connection refused')"],
  },
  {
    type: 'dcs.request-failed',
    text: 'doTick',
    level: 'ERROR',
    since: '2.0.0',
    from: 'raft_controller.py RaftController._run_cycle',
    means: 'A single call to the DCS failed; routine when servers restart, no outage by itself.',
    samples: ['doTick'],
  },
  {
    type: 'dcs.request-failed',
    text: 'waiting on raft',
    level: 'INFO',
    since: '2.0.0',
    from: 'dcs/raft.py Raft.__init__',
    means: 'Patroni waits for the DCS.',
    samples: ['waiting on raft'],
  },
])
