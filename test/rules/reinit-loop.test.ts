import { type ClusterStory, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('reinit-loop')

/** A round of Patroni's clone that fails at the end. */
function failedRound(story: ClusterStory, t: number): ClusterStory {
  return story
    .says('pg-1', t, "trying to bootstrap from leader 'pg-0'")
    .says('pg-1', t + 10, "bootstrap from leader 'pg-0' in progress")
    .says('pg-1', t + 20, 'Error when fetching backup: pg_basebackup exited with code=1', 'WARNING')
    .says('pg-1', t + 21, "failed to bootstrap from leader 'pg-0'", 'ERROR')
    .says('pg-1', t + 21.1, 'Removing data directory: /home/postgres/pgdata/pgroot/data')
}

silent('a healthy cluster', () => demo().until(300))
silent('a copy that was asked for', () => demo().reinit('pg-1', 100, 400))
silent('one round that fails, and the next works', () => failedRound(demo(), 100).reinit('pg-1', 140, 200))
silent('a first method that fails', () =>
  demo()
    .reinit('pg-1', 100, 300)
    .says('pg-1', 120, 'Error creating replica using method wal_e: envdir exited with code=1', 'ERROR')
    .says('pg-1', 130, 'Error creating replica using method other: other exited with code=1', 'ERROR'),
)

fires(
  'two rounds fail, the third works',
  () => failedRound(failedRound(demo(), 100), 140).reinit('pg-1', 300, 400).until(600),
  (told) => told.notBefore(160).firesBy(170).severityAt(350, 'warning').stillFiringAt(399).resolvedBy(415).begins(1),
)

fires(
  'round after round fails: told once',
  () => [100, 140, 180, 220, 260].reduce(failedRound, demo()).until(400),
  (told) => told.firesBy(170).stillFiringAt(400).unchangedAfter(170).begins(1),
)

missing('the member is not heard', () => failedRound(failedRound(demo().logsVanish(90, 'pg-1'), 100), 140))
missing(
  'the member is not heard any more: it stays',
  () => failedRound(failedRound(demo(), 100), 140).logsVanish(200, 'pg-1').metricsVanish(101, 'pg-1').until(900),
  (told) => told.firesBy(170).stillFiringAt(900).unchangedAfter(170),
)
