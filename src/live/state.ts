import { join } from 'node:path'
import type { Config } from '../config/types.ts'

/** Where a single host keeps its state. */
export function stateFolder({ live }: Config): string {
  return live?.state ?? '/var/lib/patrolog'
}

/** The file in which a single host keeps what was told and what is silenced. */
export function notificationsFile(config: Config): string {
  return config.notify?.state ?? join(stateFolder(config), 'notifications.db')
}

/** The file of all else; a running service has it open. */
export function topicsFile(config: Config): string {
  return join(stateFolder(config), 'patrolog.db')
}
