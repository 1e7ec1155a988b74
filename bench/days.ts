/**
 * `node bench/days.ts [--clusters N]`: healthy days of N clusters of three (40 by default), read every 10 s, with all
 * rules. Exit status 1 when anything fires.
 */
import { parseArgs } from 'node:util'
import { healthyDay } from '../src/story/day.ts'
import { tale, tell } from '../test/story.ts'

const { values } = parseArgs({ options: { clusters: { type: 'string', default: '40' } } })
const VERSIONS = ['2.1.7', '3.0.2', '3.3.11', '4.0.10', '4.1.4']

let alerts = 0
for (let seed = 0; seed < Number(values.clusters); seed++) {
  const version = VERSIONS[seed % VERSIONS.length] as string
  const told = tell(healthyDay({ seed, version, sampling: 10 }))
  const fired = told.effects.filter(({ kind }) => kind === 'alert')
  alerts += fired.length
  if (fired.length > 0) console.log(`cluster ${seed}, Patroni ${version}\n${tale({ ...told, effects: fired })}`)
}
console.log(`${values.clusters} clusters, 24 h each, a sample every 10 s: ${alerts} alerts`)
process.exitCode = alerts === 0 ? 0 : 1
