import { messages } from '../../src/model/message.ts'

const ROUTINE = 'The supervisor of the container says what became of a service.'

/** supervisord ran Patroni in images before runit did; its lines have the form of Patroni's without the colon. */
export default messages('patroni', [
  {
    type: 'patroni.stopped',
    text: 'exited: patroni ({how}; not expected)',
    level: 'INFO',
    from: 'supervisor/process.py Subprocess.finish',
    means: 'Patroni ended by itself; the supervisor starts it again.',
    params: { asked: 'no' },
    samples: ['exited: patroni (exit status 1; not expected)'],
  },
  {
    type: 'patroni.stopped',
    text: 'gave up: patroni entered FATAL state, too many start retries too quickly',
    level: 'INFO',
    from: 'supervisor/process.py Subprocess.give_up',
    means: 'Patroni ended again and again; the supervisor starts it no more.',
    params: { asked: 'no' },
    samples: ['gave up: patroni entered FATAL state, too many start retries too quickly'],
  },
  {
    type: 'noise',
    text: 'exited: {service:word} ({how})',
    level: 'INFO',
    from: 'supervisor/process.py Subprocess.finish',
    means: ROUTINE,
    samples: ['exited: cron (exit status 0; expected)'],
  },
  {
    type: 'noise',
    text: "spawned: '{service}' with pid {pid:int}",
    level: 'INFO',
    from: 'supervisor/process.py Subprocess.spawn',
    means: ROUTINE,
    samples: ["spawned: 'patroni' with pid 41"],
  },
  {
    type: 'noise',
    text: 'success: {service:word} entered RUNNING state, {why}',
    level: 'INFO',
    from: 'supervisor/process.py Subprocess.transition',
    means: ROUTINE,
    samples: ['success: patroni entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)'],
  },
])
