/**
 * A notify process to be killed: leads the incidents of a script against a Slack, over a sqlite file. Arguments: file, URL of
 * the Web API, number of incidents. Takes every record again at each start, as from an uncommitted topic. Prints `done` once
 * everything is told.
 */
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import { drive } from '../../src/notifier/drive.ts'
import { notifier } from '../../src/notifier/notifier.ts'
import { openSenders } from '../../src/senders/open.ts'
import { MINUTE, SETTINGS, TOKEN } from './kit.ts'
import { script } from './script.ts'

const [file = '', apiUrl = '', count = '1'] = process.argv.slice(2)
const settings = {
  ...SETTINGS,
  groupWait: 5,
  pace: { slackGap: 5, lookUpAfter: 600, firstRetry: 20 },
  storm: { incidents: 10_000, within: 60_000 },
  receivers: [{ type: 'slack', name: 'slack', zone: 'UTC', channel: 'C1', token: TOKEN, apiUrl }],
} as const
const store = sqliteStore(file)
const voice = await notifier(
  { settings, store, senders: await openSenders(settings), now: Date.now },
  { onDue: () => clock.rearm() },
)
const clock = drive(
  () => voice,
  Date.now,
  (error) => {
    throw error
  },
)
for (const step of script(Number(count))) {
  await voice.take([step])
  await new Promise((resolve) => setTimeout(resolve, 5))
}
/** Nothing waits and nothing is due soon, several times in a row: nothing is on its way either. */
for (let quiet = 0; quiet < 10; ) {
  const waiting = voice.status().receivers.some(({ waiting }) => waiting > 0)
  quiet = waiting || voice.due() < Date.now() + MINUTE ? 0 : quiet + 1
  await new Promise((resolve) => setTimeout(resolve, 30))
}
process.stdout.write('done\n')
