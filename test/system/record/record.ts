/**
 * Records runs of real clusters: `node test/system/record/record.ts FOLDER KEY[@VERSION]…`; as root, for it makes network
 * namespaces. Without keys it lists them. Needs Debian's etcd-server, postgresql-15, iproute2, iptables and python3-venv.
 */
import { join } from 'node:path'
import { DEFAULTS } from './patroni.ts'
import { record } from './recording.ts'
import { SCENARIOS } from './scenarios.ts'

const [folder, ...keys] = process.argv.slice(2)
if (folder === undefined || keys.length === 0) {
  for (const [key, { title }] of Object.entries(SCENARIOS)) console.log(`${key.padEnd(26)} ${title}`)
  process.exit(2)
}
for (const asked of keys) {
  const [key = '', version = DEFAULTS.version] = asked.split('@')
  const scenario = SCENARIOS[key]
  if (scenario === undefined) throw new Error(`${asked}: expected one of ${Object.keys(SCENARIOS).join(', ')}`)
  const to = join(folder, version, key)
  await record(key, scenario, { ...DEFAULTS, ...scenario.setup, version }, to)
  console.log(to)
}
