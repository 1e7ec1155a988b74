import { messages } from '../../src/model/message.ts'

/** runit, which keeps Patroni running inside the container. */
export default messages('spilo', [
  {
    type: 'patroni.stopped',
    text: '{service:word}: finished with code=0 signal=0',
    level: 'WARNING',
    from: 'runit patroni/finish',
    means: 'Patroni ended as it was asked to. runit starts it again.',
    samples: ['/etc/service/patroni: finished with code=0 signal=0'],
  },
  {
    type: 'patroni.stopped',
    text: '{service:word}: finished with code={code:int} signal={signal:int}',
    level: 'WARNING',
    from: 'runit patroni/finish',
    means: 'Patroni ended by itself or was killed. runit starts it again.',
    params: { asked: 'no' },
    samples: [
      '/etc/service/patroni: finished with code=1 signal=0',
      '/run/service/patroni: finished with code=-1 signal=9',
    ],
  },
  {
    type: 'patroni.stopped',
    text: '{service:word}: exceeded maximum number of restarts {limit:int}',
    level: 'ERROR',
    from: 'runit patroni/finish',
    means: 'Patroni ended too often; runit gives it up and the container is without Patroni.',
    params: { asked: 'no' },
    samples: ['/etc/service/patroni: exceeded maximum number of restarts 5'],
  },
  {
    type: 'noise',
    text: 'stopping {service:word}',
    level: 'WARNING',
    from: 'runit patroni/finish',
    means: 'runit gives Patroni up; the line before says how it ended.',
    samples: ['stopping /etc/service/patroni'],
  },
  {
    type: 'noise',
    text: '{service:word}: sleeping {seconds:int} seconds',
    level: 'INFO',
    from: 'runit patroni/finish',
    means: 'runit waits before it starts Patroni again.',
    samples: ['/etc/service/patroni: sleeping 30 seconds'],
  },
])
