import { type ClusterStory, demo, stories } from '../story.ts'

const { silent, fires, missing } = stories('loop-too-slow')

const OVERRUN = 'Loop time exceeded, rescheduling immediately.'

function overruns(story: ClusterStory, member: string, times: readonly number[]): ClusterStory {
  for (const t of times) story.says(member, t, OVERRUN, 'WARNING')
  return story
}

silent('a healthy cluster', () => demo().until(600))
silent('one now and then', () => overruns(demo(), 'pg-1', [100, 300, 500, 700]).until(900))
silent('each loop of an outage of the DCS', () =>
  overruns(demo().dcsOutage(100, 200), 'pg-0', [121, 131, 141, 151, 161, 171, 181]).until(500),
)
silent('while it is restarted', () => overruns(demo().restart('pg-1', 100), 'pg-1', [102, 112, 122, 132, 142]))
silent('while it is copied', () => overruns(demo().reinit('pg-1', 100, 400), 'pg-1', [110, 120, 130, 140, 150, 160]))
silent('a switchover', () => overruns(demo().switchover('pg-1', 100), 'pg-1', [101, 111, 121, 131, 141]))

fires(
  'five within ten minutes, and ten minutes without',
  () => overruns(demo(), 'pg-1', [100, 140, 180, 220, 260]).until(1000),
  (told) => told.notBefore(255).firesBy(270).severityAt(400, 'warning').stillFiringAt(850).resolvedBy(870).begins(1),
)

missing('the member is not heard', () => overruns(demo().logsVanish(50, 'pg-1'), 'pg-1', [100, 140, 180, 220, 260]))
missing('log level ERROR: nothing is written', () => demo().until(600))
