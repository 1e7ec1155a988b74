import { closeSync, existsSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** The state of a single host: one file, which one process has open. */
export interface Database {
  all<R>(sql: string, ...values: readonly SQLInputValue[]): readonly R[]
  get<R>(sql: string, ...values: readonly SQLInputValue[]): R | undefined
  /** Within `write` only. */
  run(sql: string, ...values: readonly SQLInputValue[]): void
  /**
   * Makes changes that take effect all or not at all. What is asked for at about the same time shares one transaction; it is
   * on the disk when the promise resolves, and for nobody to be seen before.
   */
  write<T>(change: () => T): Promise<T>
  /** Resolves at the next write that took effect, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>
  /** Writes what was asked for, then lets go of the file. */
  close(): void
}

/** A process that ends lets go of the file a moment later, ms. */
const BUSY = 5_000
/** Writes asked for within so long share a transaction, ms: each waits for the disk, and everything else with it. */
const TOGETHER = 10

interface Waiting {
  readonly change: () => unknown
  readonly done: (value: unknown) => void
  readonly failed: (error: unknown) => void
}

/** Opens the file, makes it where it is missing. Throws, naming the file, when it cannot be had or another process has it. */
export function openDatabase(file: string, schema: string): Database {
  const database = open(file, schema)
  const statements = new Map<string, StatementSync>()
  const listeners = new Set<() => void>()
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | null = null

  function statement(sql: string): StatementSync {
    let prepared = statements.get(sql)
    if (prepared === undefined) {
      prepared = database.prepare(sql)
      statements.set(sql, prepared)
    }
    return prepared
  }

  function flush(): void {
    timer = null
    const due = waiting
    waiting = []
    if (due.length === 0) return
    try {
      const values = transaction(database, due)
      due.forEach(({ done }, index) => {
        done(values[index])
      })
    } catch (error) {
      for (const { failed } of due) failed(error)
    }
    for (const listener of [...listeners]) listener()
  }

  return {
    all: <R>(sql: string, ...values: readonly SQLInputValue[]) => statement(sql).all(...values) as R[],
    get: <R>(sql: string, ...values: readonly SQLInputValue[]) => statement(sql).get(...values) as R | undefined,
    run: (sql, ...values) => void statement(sql).run(...values),
    write: <T>(change: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ change, done: (value) => resolve(value as T), failed: reject })
        timer ??= setTimeout(flush, TOGETHER)
      }),
    changed: (signal) =>
      new Promise((resolve) => {
        const told = (): void => {
          listeners.delete(told)
          signal.removeEventListener('abort', told)
          resolve()
        }
        if (signal.aborted) return resolve()
        listeners.add(told)
        signal.addEventListener('abort', told)
      }),
    close() {
      if (timer !== null) clearTimeout(timer)
      flush()
      database.close()
    },
  }
}

/** Makes all changes, or none when one of them throws. */
function transaction(database: DatabaseSync, due: readonly Waiting[]): readonly unknown[] {
  database.exec('BEGIN')
  try {
    const values = due.map(({ change }) => change())
    database.exec('COMMIT')
    return values
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Whether another process has the file open. */
export function isTaken(file: string): boolean {
  if (!existsSync(file)) return false
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('SELECT count(*) FROM sqlite_schema')
    return false
  } catch (error) {
    return /locked/.test((error as Error).message)
  } finally {
    database.close()
  }
}

function open(file: string, schema: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: BUSY })
    // Nobody else may have it open: two services over the same files would tell everything twice.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    database.exec(schema)
    return database
  } catch (cause) {
    database?.close()
    const { message } = cause as Error
    const why = /locked/.test(message) ? 'another process has it open' : (unwritable(file) ?? message)
    throw new Error(`${file}: ${why}`, { cause })
  }
}

/** Why the file, or the one beside it that its changes are written to first, cannot be had; SQLite says `disk I/O error`. */
function unwritable(file: string): string | null {
  try {
    for (const each of [file, `${file}-wal`]) closeSync(openSync(each, 'a'))
    return null
  } catch (error) {
    return `cannot be written: ${(error as NodeJS.ErrnoException).code}`
  }
}
