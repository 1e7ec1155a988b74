import { UsageError } from '../config/problem.ts'
import { ROLES, type Role } from '../config/sections/live.ts'
import type { Config } from '../config/types.ts'
import { openLog } from '../live/log.ts'
import { type Service, startService } from '../live/service.ts'
import { allRules } from './rules.ts'

/** What is in work is finished within so long, ms. */
const DRAIN = 9_500
/** So long a start that is under way may take to its end, ms: one that waits for brokers has nothing in work. */
const START = 2_000

/** Runs the service until it is told to end by SIGTERM or SIGINT, and ends the process. */
export async function live(config: Config, roles: readonly Role[] | undefined): Promise<never> {
  const log = openLog()
  const asked = signalled()
  const starting = allRules(config.rulesDir).then((rules) => startService(config, rules, roles, log))
  const signal = await Promise.race([asked, starting.then(() => asked)])
  log('info', 'stopping', { signal })
  const drained = await ended(starting)
  log(drained ? 'info' : 'error', drained ? 'stopped' : 'stopped-early', {})
  // What hangs would keep the process alive, and so would a connection that the library made while it was closed.
  process.exit(drained ? 0 : 1)
}

/** Ends the service, also one that is not up yet. False when that takes too long. */
async function ended(starting: Promise<Service>): Promise<boolean> {
  const service = await within(START, starting)
  if (service === null) return false
  const drained = service.stop().then(() => true)
  return (await within(DRAIN, drained)) !== null
}

/** The first signal to end. Later ones change nothing: npm and `timeout` give one twice, and the end is near in any case. */
function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal))
  })
}

/** What comes of a work, or null when it takes longer than `limit` ms. */
async function within<T>(limit: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limit)
  })
  const result = await Promise.race([work, over])
  clearTimeout(timer)
  return result
}

/** Reads `--roles`: names with commas between. */
export function readRoles(given: string | undefined): readonly Role[] | undefined {
  if (given === undefined) return undefined
  const roles = given.split(',').map((role) => role.trim())
  const known = roles.flatMap((role) => ROLES.find((one) => one === role) ?? [])
  if (known.length === roles.length) return known
  throw new UsageError([`--roles: expected ${ROLES.join(', ')}, got ${JSON.stringify(given)}`])
}
