import { messages } from '../../src/model/message.ts'

export default messages('patroni', [
  {
    type: 'failsafe.holding',
    text: 'continue to run as a leader because failsafe mode is enabled and all members are accessible',
    level: 'INFO',
    since: '3.0.0',
    from: 'ha.py Ha._handle_dcs_error',
    means: 'The DCS is unreachable; the primary stays, because every member answered. No line marks the end.',
    samples: ['continue to run as a leader because failsafe mode is enabled and all members are accessible'],
  },
  {
    type: 'patroni.failsafe-warning',
    text: 'Exception when called state_handler.slots()',
    level: 'ERROR',
    since: '3.0.0',
    from: 'ha.py Ha.check_failsafe_topology',
    means: 'The failsafe configuration or the answer of a member is doubtful.',
    samples: ['Exception when called state_handler.slots()'],
  },
  {
    type: 'failsafe.peer-refused',
    text: 'Request failed to {member:word}: POST {url:word} ({error})',
    level: 'WARNING',
    since: '3.0.0',
    from: 'ha.py Ha.call_failsafe_member',
    means:
      'A member did not answer or refused the failsafe call: unless all accept, the leader demotes itself. Member did not answer POST /failsafe: failsafe check fails, leader demotes unless every member accepts.',
    samples: [
      "Request failed to pg-2: POST http://10.0.0.12:8008/patroni (ConnectionRefusedError(111, 'Connection refused'))",
    ],
  },
  {
    type: 'failsafe.exited',
    text: 'DCS recovered, failsafe mode ending and we remain the leader',
    level: 'INFO',
    from: 'ha.py Ha._run_cycle',
    means:
      'Failsafe mode ended and the leader stays. Not in any release up to 4.1.4, only in private builds. Text proposed in PR #3253 (closed, not merged): in NO release tag; only private builds can print it.',
    samples: ['DCS recovered, failsafe mode ending and we remain the leader'],
  },
  {
    type: 'failsafe.peer-accepted',
    text: 'Got response from {member:word} {url:word}: Accepted',
    level: 'INFO',
    from: 'ha.py Ha.run_cycle',
    means: 'A member accepted the failsafe call of the leader. The URL differs by release; the body tells.',
    samples: ['Got response from pg-2 http://10.0.0.12:8008/failsafe: Accepted'],
  },
  {
    type: 'failsafe.peer-refused',
    text: 'Got response from {member:word} {url:word}: Running as a leader',
    level: 'INFO',
    from: 'ha.py Ha.run_cycle',
    means: 'A member refused the failsafe call: it runs as a primary itself, a possible split brain.',
    samples: ['Got response from pg-2 http://10.0.0.12:8008/failsafe: Running as a leader'],
  },
  {
    type: 'failsafe.peer-refused',
    text: 'Got response from {member:word} {url:word}: Failsafe mode is disabled{rest}',
    level: 'INFO',
    from: 'ha.py Ha.run_cycle',
    means: 'A member refused the failsafe call: the option is off in its view.',
    samples: ['Got response from pg-2 http://10.0.0.12:8008/failsafe: Failsafe mode is disabled'],
  },
])
