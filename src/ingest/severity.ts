import type { Level } from '../model/message.ts'

/** What may stand in front of a message, a part of a pattern: its SQLSTATE, where `log_error_verbosity` is verbose. */
export const STATE_BEFORE = String.raw`(?:(?=[A-Z]*\d)[A-Z\d]{5}: )?`

export interface Severity {
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

interface Word {
  readonly bytes: Uint8Array
  readonly severity: Severity
}

/** The words by their lengths in bytes, most common first: a line's severity is found without making a string. */
const WORDS: readonly (readonly Word[])[] = byLength(
  Object.entries(SEVERITIES).map(([word, severity]) => ({ bytes: new TextEncoder().encode(word), severity })),
)

function byLength(words: readonly Word[]): Word[][] {
  const longest = Math.max(...words.map(({ bytes }) => bytes.length))
  return Array.from({ length: longest + 1 }, (_, length) => words.filter(({ bytes }) => bytes.length === length))
}

/** Reads a severity word; null for any other word. */
export function severityLevel(bytes: Uint8Array, from: number, to: number): Severity | null {
  const words = WORDS[to - from]
  if (words === undefined) return null
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Word
    if (same(word.bytes, bytes, from)) return word.severity
  }
  return null
}

function same(word: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let at = 0; at < word.length; at++) if (word[at] !== bytes[from + at]) return false
  return true
}

/** PostgreSQL's severity in any of its languages; null when the word is none. */
export function severityOf(word: string): Severity | null {
  return Object.hasOwn(SEVERITIES, word) ? (SEVERITIES[word] as Severity) : null
}
