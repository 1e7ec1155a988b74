import { type Message, messages } from '../../src/model/message.ts'

const ROUTINE = 'systemd says what became of a service.'
/** The unit that comes with Patroni describes itself so. */
const DESCRIPTION = 'Runners to orchestrate a high-availability PostgreSQL'
/** What systemd writes in front of the description of a unit; since 247 its name stands between. */
const STEPS = ['Starting', 'Stopped', 'Failed to start']
const NAMED = 'patroni.service - '

function step(verb: string): readonly Message[] {
  const routine = { type: 'noise', level: 'INFO', from: 'systemd', means: ROUTINE } as const
  return worded(verb).map((wording) => ({ ...routine, ...wording }))
}

/** The wordings of a step, old and new. */
function worded(verb: string): readonly Pick<Message, 'text' | 'samples'>[] {
  return [
    {
      text: `${verb} ${DESCRIPTION}{rest}`,
      samples: [`${verb} ${DESCRIPTION}.`, `${verb} ${DESCRIPTION} - patroni...`],
    },
    { text: `${verb} ${NAMED}{description}`, samples: [`${verb} ${NAMED}${DESCRIPTION}.`] },
  ]
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
  ...worded('Stopping').map(
    (wording) =>
      ({
        ...wording,
        type: 'patroni.stopped',
        level: 'INFO',
        from: 'systemd',
        means:
          'Somebody asked for the stop, a restart or the shutdown of the host: Patroni stops its PostgreSQL and ends.',
        params: { asked: 'yes' },
      }) as const,
  ),
  ...worded('Started').map(
    (wording) =>
      ({
        ...wording,
        type: 'patroni.started',
        level: 'INFO',
        from: 'systemd',
        means: 'Patroni was started. PostgreSQL may have run all the while.',
      }) as const,
  ),
  ...STEPS.flatMap(step),
])
