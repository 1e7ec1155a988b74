import { UsageError } from '../config/problem.ts'
import { ROLES, type Role } from '../config/sections/live.ts'
import type { Config } from '../config/types.ts'
import { openLog } from '../live/log.ts'
import { type Service, startService } from '../live/service.ts'
import { allRules } from './rules.ts'

/** What is in work is finished within so long, ms. */
const DRAIN = 9_500

/** Runs the service until it is told to end by SIGTERM or SIGINT. Gives the exit status. */
export async function live(config: Config, roles: readonly Role[] | undefined): Promise<number> {
  const log = openLog()
  const asked = signalled()
  const service = await startService(config, await allRules(config.rulesDir), roles, log)
  log('info', 'stopping', { signal: await asked })
  const drained = await within(DRAIN, service)
  log(drained ? 'info' : 'error', drained ? 'stopped' : 'stopped-early', {})
  // What hangs would keep the process alive.
  if (!drained) process.exit(1)
  return 0
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

async function within(limit: number, service: Service): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limit)
  })
  const drained = await Promise.race([service.stop().then(() => true), over])
  clearTimeout(timer)
  return drained
}

/** Reads `--roles`: names with commas between. */
export function readRoles(given: string | undefined): readonly Role[] | undefined {
  if (given === undefined) return undefined
  const roles = given.split(',').map((role) => role.trim())
  const known = roles.flatMap((role) => ROLES.find((one) => one === role) ?? [])
  if (known.length === roles.length) return known
  throw new UsageError([`--roles: expected ${ROLES.join(', ')}, got ${JSON.stringify(given)}`])
}
