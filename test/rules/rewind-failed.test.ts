import { demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('rewind-failed')

silent('a healthy cluster', () => demo().until(300))
silent('a rewind that works', () => demo().timelineDiverged('pg-1', 90).rewind('pg-1', 100, 130))
silent('the leader dies, comes back and is rewound', () =>
  demo().leaderDies(100, 'pg-1').start('pg-0', 200).rewind('pg-0', 210, 230),
)
silent('waiting before a rewind', () =>
  demo()
    .says('pg-1', 100, 'Waiting for checkpoint on pg-0 before rewind')
    .says('pg-1', 110, "Leader is still in_recovery and therefore can't be used for rewind")
    .rewind('pg-1', 120, 150),
)
silent('it cannot be run yet, and then can', () =>
  demo()
    .says('pg-1', 100, 'Can not use pg-0 for rewind: not running', 'WARNING')
    .says('pg-1', 150, 'Can not use pg-0 for rewind: not running', 'WARNING')
    .rewind('pg-1', 200, 230),
)
silent('it fails and is copied instead', () =>
  demo().says('pg-1', 100, 'pg_rewind exit code=1').reinit('pg-1', 110, 400),
)
silent('it fails and the second try works', () =>
  demo().says('pg-1', 100, 'pg_rewind exit code=1').rewind('pg-1', 105, 140),
)

fires(
  'it fails and nothing follows; streaming ends it',
  () => demo().timelineDiverged('pg-1', 90).says('pg-1', 100, 'pg_rewind exit code=1').stream('pg-1', 400).until(600),
  (told) => told.notBefore(130).firesBy(140).severityAt(300, 'warning').stillFiringAt(399).resolvedBy(415).begins(1),
)
fires(
  'it fails, and Patroni adds its own word to the exit code',
  () =>
    demo()
      .timelineDiverged('pg-1', 90)
      .says('pg-1', 100, 'pg_rewind exit code=1')
      .says('pg-1', 100.1, 'Failed to rewind from healthy primary: pg-0', 'ERROR')
      .until(200),
  (told) => told.notBefore(130).firesBy(140).begins(1),
)
fires(
  'it is done, and then WAL is missing',
  () => demo().rewind('pg-1', 100, 130).walMissing('pg-1', 140).stream('pg-1', 500).until(700),
  (told) => told.notBefore(160).firesBy(185).stillFiringAt(499).resolvedBy(515),
)

missing('the member is not heard', () => demo().logsVanish(90, 'pg-1').says('pg-1', 100, 'pg_rewind exit code=1'))
missing(
  'the member is not heard any more: it stays',
  () =>
    demo()
      .timelineDiverged('pg-1', 90)
      .says('pg-1', 100, 'pg_rewind exit code=1')
      .logsVanish(200, 'pg-1')
      .metricsVanish(200, 'pg-1')
      .until(700),
  (told) => told.firesBy(140).stillFiringAt(700).unchangedAfter(140),
)
