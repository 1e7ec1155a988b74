import { join } from 'node:path'
import type { Config } from '../config/types.ts'

/** Where a single host keeps its state. */
export function stateFolder({ live }: Config): string {
  return live?.state ?? '/var/lib/patrolog'
}

/** The file that holds all of it; a running service has it open. */
export function stateFile(config: Config): string {
  return join(stateFolder(config), 'patrolog.db')
}
