import type { Database } from './database.ts'

/** Values (JSON) by name, beside the topics. */
export interface Entries {
  load(): ReadonlyMap<string, unknown>
  /** All or none, on the disk when it resolves; null removes. */
  write(values: ReadonlyMap<string, unknown>): Promise<void>
}

export function entries(database: Database): Entries {
  return {
    load() {
      const rows = database.all<{ key: string; value: string }>('SELECT key, value FROM entry')
      return new Map(rows.map(({ key, value }) => [key, JSON.parse(value)]))
    },
    write: (values) =>
      database.write(() => {
        for (const [key, value] of values)
          if (value === null) database.run('DELETE FROM entry WHERE key = ?', key)
          else database.run('INSERT OR REPLACE INTO entry VALUES (?, ?)', key, JSON.stringify(value))
      }),
  }
}
