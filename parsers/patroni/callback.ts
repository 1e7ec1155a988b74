import { type Message, messages } from '../../src/model/message.ts'

const ACTIONS = ['on_start', 'on_stop', 'on_restart', 'on_reload', 'on_role_change']

/** Patroni's list of words, in which later releases write the action without quotes. */
function notExecuted(action: string): Message {
  return {
    type: 'patroni.callback-failed',
    text: `Failed to execute [{script}, ${action}, {role}, {scope}]`,
    level: 'ERROR',
    from: 'postgresql/cancellable.py CancellableExecutor._start_process',
    means: 'A callback script is missing, or may not be executed. PostgreSQL itself goes on.',
    samples: [`Failed to execute ['/opt/pg/vip.sh', ${action}, 'replica', 'orders']`],
  }
}

export default messages('patroni', [
  {
    type: 'callback.ran',
    text: 'CallbackExecutor.call({cmd})',
    level: 'DEBUG',
    since: '3.2.0',
    from: 'postgresql/callback_executor.py CallbackExecutor.call',
    means: 'A callback script runs or ends.',
    samples: ['CallbackExecutor.call(/usr/bin/pg_ctl)'],
  },
  {
    type: 'callback.ran',
    text: 'Failed to kill the old callback',
    level: 'ERROR',
    until: '1.6.0',
    from: 'postgresql/callback_executor.py CallbackExecutor.call',
    means: 'A callback script runs or ends.',
    samples: ['Failed to kill the old callback'],
  },
  {
    type: 'callback.ran',
    text: 'Killed the old callback process because it was still running: {cmd}',
    level: 'WARNING',
    until: '1.6.0',
    from: 'postgresql/callback_executor.py CallbackExecutor.call',
    means: 'A callback script runs or ends.',
    samples: ['Killed the old callback process because it was still running: /usr/bin/pg_ctl'],
  },
  {
    type: 'patroni.callback-failed',
    text: 'callback {cmd} {cbType} {role} {scope} failed',
    level: 'ERROR',
    from: 'postgresql/__init__.py Postgresql.call_nowait',
    means: 'A callback script failed.',
    samples: ['callback /usr/bin/pg_ctl some cb type some role some scope failed'],
  },
  ...ACTIONS.flatMap((action) => [notExecuted(action), notExecuted(`'${action}'`)]),
])
