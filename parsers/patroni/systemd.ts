import { type Message, messages } from '../../src/model/message.ts'

const ROUTINE = 'systemd says what became of a service.'
/** The unit that comes with Patroni describes itself so. */
const DESCRIPTION = 'Runners to orchestrate a high-availability PostgreSQL'
/** What systemd writes around the description of a unit. */
const STEPS = [
  ['Starting ', '...'],
  ['Started ', '.'],
  ['Stopping ', '...'],
  ['Stopped ', '.'],
  ['Failed to start ', '.'],
] as const

function step([verb, end]: readonly [string, string], named: string): Message {
  const text = `${verb}${named}${DESCRIPTION}${end}`
  return { type: 'noise', text, level: 'INFO', from: 'systemd', means: ROUTINE, samples: [text] }
}

/** The journal of a host tells of Patroni's unit between its lines; the time is that of the journal. */
export default messages('patroni', [
  {
    type: 'patroni.stopped',
    text: 'patroni.service: Main process exited, code={code:word}, status={status}',
    level: 'WARNING',
    from: 'systemd',
    means: 'Patroni ended by itself or was killed. Whether it is started again is for the unit to say.',
    params: { asked: 'no' },
    samples: ['patroni.service: Main process exited, code=killed, status=11/SEGV'],
  },
  {
    type: 'patroni.stopped',
    text: 'patroni.service: main process exited, code={code:word}, status={status}',
    level: 'WARNING',
    from: 'systemd up to 229',
    means: 'Patroni ended by itself or was killed. Whether it is started again is for the unit to say.',
    params: { asked: 'no' },
    samples: ['patroni.service: main process exited, code=exited, status=1/FAILURE'],
  },
  {
    type: 'process.killed',
    text: 'patroni.service: A process of this unit has been killed by the OOM killer.',
    level: 'ERROR',
    from: 'systemd',
    means: 'The kernel killed Patroni or a process of its PostgreSQL because memory ran out.',
    samples: ['patroni.service: A process of this unit has been killed by the OOM killer.'],
  },
  {
    type: 'noise',
    text: '{unit:word}.service: {what}',
    level: 'INFO',
    from: 'systemd',
    means: ROUTINE,
    samples: [
      "patroni.service: Failed with result 'signal'.",
      'etcd.service: Main process exited, code=exited, status=1/FAILURE',
    ],
  },
  {
    type: 'noise',
    text: 'Unit {unit:word}.service entered failed state.',
    level: 'INFO',
    from: 'systemd up to 229',
    means: ROUTINE,
    samples: ['Unit patroni.service entered failed state.'],
  },
  {
    type: 'noise',
    text: '{unit:word}.service failed.',
    level: 'INFO',
    from: 'systemd up to 229',
    means: ROUTINE,
    samples: ['patroni.service failed.'],
  },
  ...STEPS.map((each) => step(each, '')),
  ...STEPS.map((each) => step(each, 'patroni.service - ')),
])
