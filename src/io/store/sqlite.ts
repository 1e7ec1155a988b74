import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../../model/sending.ts'

/** A write waits so long for another process that has the file open (`patrolog silence add` without a service), ms. */
const BUSY = 5_000

/**
 * The state of a single host in one file, made when it is missing. A write is on the disk when it resolves. Throws when the
 * file cannot be opened, naming it.
 */
export function sqliteStore(file: string): Store {
  const database = open(file)
  const select = database.prepare('SELECT key, value FROM entry')
  const put = database.prepare(
    'INSERT INTO entry (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const remove = database.prepare('DELETE FROM entry WHERE key = ?')

  return {
    async load() {
      const rows = select.all() as { key: string; value: string }[]
      return new Map(rows.map(({ key, value }) => [key, JSON.parse(value) as object]))
    },
    async write(changes) {
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const { key, value } of changes) value === null ? remove.run(key) : put.run(key, JSON.stringify(value))
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    async close() {
      database.close()
    },
  }
}

function open(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { timeout: BUSY })
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    database.exec('CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')
    return database
  } catch (cause) {
    throw new Error(`state file ${file}: ${(cause as Error).message}`, { cause })
  }
}
