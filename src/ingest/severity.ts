import type { Level } from '../model/message.ts'

interface Severity {
  readonly level: Level
  /** DETAIL, HINT and the like belong to the line before. */
  readonly continues: boolean
}

const log = (level: Level): Severity => ({ level, continues: false })
const MORE: Severity = { level: 'INFO', continues: true }

/** PostgreSQL's severities (elog.c), and their translations in the message catalogues of the common languages. */
const SEVERITIES: Readonly<Record<string, Severity>> = {
  LOG: log('INFO'),
  INFO: log('INFO'),
  NOTICE: log('INFO'),
  WARNING: log('WARNING'),
  ERROR: log('ERROR'),
  FATAL: log('CRITICAL'),
  PANIC: log('CRITICAL'),
  DEBUG: log('DEBUG'),
  DEBUG1: log('DEBUG'),
  DEBUG2: log('DEBUG'),
  DEBUG3: log('DEBUG'),
  DEBUG4: log('DEBUG'),
  DEBUG5: log('DEBUG'),
  DETAIL: MORE,
  HINT: MORE,
  CONTEXT: MORE,
  STATEMENT: MORE,
  QUERY: MORE,
  LOCATION: MORE,
  BACKTRACE: MORE,
  HINWEIS: log('INFO'),
  WARNUNG: log('WARNING'),
  FEHLER: log('ERROR'),
  TIPP: MORE,
  ZUSAMMENHANG: MORE,
  ANWEISUNG: MORE,
  ANFRAGE: MORE,
  ERREUR: log('ERROR'),
  ATTENTION: log('WARNING'),
  DÉTAIL: MORE,
  ASTUCE: MORE,
  CONTEXTE: MORE,
  INSTRUCTION: MORE,
  HINTERGRUND: MORE,
  СООБЩЕНИЕ: log('INFO'),
  ПРЕДУПРЕЖДЕНИЕ: log('WARNING'),
  ОШИБКА: log('ERROR'),
  ВАЖНО: log('CRITICAL'),
  ПАНИКА: log('CRITICAL'),
  ПОДРОБНОСТИ: MORE,
  ПОДСКАЗКА: MORE,
  КОНТЕКСТ: MORE,
  ОПЕРАТОР: MORE,
  REGISTRO: log('INFO'),
  ADVERTENCIA: log('WARNING'),
  DETALLE: MORE,
  CONSEJO: MORE,
  CONTEXTO: MORE,
  SENTENCIA: MORE,
}

const decoder = new TextDecoder()
const LOG_BYTES = [76, 79, 71] as const

/** Reads a severity word; null for any other word. The word LOG, nearly every line's, makes no string. */
export function severityLevel(bytes: Uint8Array, from: number, to: number): Severity | null {
  if (
    to - from === 3 &&
    bytes[from] === LOG_BYTES[0] &&
    bytes[from + 1] === LOG_BYTES[1] &&
    bytes[from + 2] === LOG_BYTES[2]
  )
    return SEVERITIES.LOG as Severity
  if (to - from < 3 || to - from > 32) return null
  return severityOf(decoder.decode(bytes.subarray(from, to)))
}

export function severityOf(word: string): Severity | null {
  return Object.hasOwn(SEVERITIES, word) ? (SEVERITIES[word] as Severity) : null
}
