import type { Level } from '../model/message.ts'

/** What may stand in front of a message, a part of a pattern: its SQLSTATE, where `log_error_verbosity` is verbose. */
export const STATE_BEFORE = String.raw`(?:(?=[A-Z]*\d)[A-Z\d]{5}: )?`

/**
 * A word that may be a severity with what stands behind it, a part of a pattern: in capitals where its language has them, in French
 * with a blank in front of the colon.
 */
export const SEVERITY_WORD = String.raw`(?<=^|[^\p{L}])(?<word>\p{Lu}{3,15}\d?|[\p{Lo}ー]{1,8})[\u00a0 ]?: {2}`

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
  // German
  HINWEIS: log('INFO'),
  WARNUNG: log('WARNING'),
  FEHLER: log('ERROR'),
  PANIK: log('CRITICAL'),
  TIPP: MORE,
  ZUSAMMENHANG: MORE,
  ANWEISUNG: MORE,
  ANFRAGE: MORE,
  HINTERGRUND: MORE,
  // French
  ERREUR: log('ERROR'),
  ATTENTION: log('WARNING'),
  DÉTAIL: MORE,
  ASTUCE: MORE,
  CONTEXTE: MORE,
  INSTRUCTION: MORE,
  REQUÊTE: MORE,
  // Spanish
  REGISTRO: log('INFO'),
  ADVERTENCIA: log('WARNING'),
  DETALLE: MORE,
  CONSEJO: MORE,
  CONSULTA: MORE,
  CONTEXTO: MORE,
  SENTENCIA: MORE,
  // Italian
  NOTIFICA: log('INFO'),
  ATTENZIONE: log('WARNING'),
  ERRORE: log('ERROR'),
  FATALE: log('CRITICAL'),
  PANICO: log('CRITICAL'),
  DETTAGLI: MORE,
  SUGGERIMENTO: MORE,
  CONTESTO: MORE,
  ISTRUZIONE: MORE,
  // Russian
  ОТЛАДКА: log('DEBUG'),
  ИНФОРМАЦИЯ: log('INFO'),
  СООБЩЕНИЕ: log('INFO'),
  ЗАМЕЧАНИЕ: log('INFO'),
  ПРЕДУПРЕЖДЕНИЕ: log('WARNING'),
  ОШИБКА: log('ERROR'),
  ВАЖНО: log('CRITICAL'),
  ПАНИКА: log('CRITICAL'),
  ПОДРОБНОСТИ: MORE,
  ПОДСКАЗКА: MORE,
  ЗАПРОС: MORE,
  КОНТЕКСТ: MORE,
  ОПЕРАТОР: MORE,
  // Ukrainian; its КОНТЕКСТ is as above
  НАЛАГОДЖЕННЯ: log('DEBUG'),
  ІНФОРМАЦІЯ: log('INFO'),
  ЗАПИСУВАННЯ: log('INFO'),
  ПОВІДОМЛЕННЯ: log('INFO'),
  ПОПЕРЕДЖЕННЯ: log('WARNING'),
  ПОМИЛКА: log('ERROR'),
  ФАТАЛЬНО: log('CRITICAL'),
  ПАНІКА: log('CRITICAL'),
  ВІДОМОСТІ: MORE,
  УКАЗІВКА: MORE,
  ЗАПИТ: MORE,
  ІНСТРУКЦІЯ: MORE,
  // Japanese, which leaves the severities in English
  詳細: MORE,
  ヒント: MORE,
  問い合わせ: MORE,
  文脈: MORE,
  文: MORE,
  // Korean
  디버그: log('DEBUG'),
  로그: log('INFO'),
  정보: log('INFO'),
  알림: log('INFO'),
  경고: log('WARNING'),
  오류: log('ERROR'),
  치명적오류: log('CRITICAL'),
  손상: log('CRITICAL'),
  상세정보: MORE,
  힌트: MORE,
  내용: MORE,
  // Chinese
  调试: log('DEBUG'),
  日志: log('INFO'),
  信息: log('INFO'),
  注意: log('INFO'),
  警告: log('WARNING'),
  错误: log('ERROR'),
  致命错误: log('CRITICAL'),
  灾难性错误: log('CRITICAL'),
  详情: MORE,
  提示: MORE,
  查询: MORE,
  上下文: MORE,
  语句: MORE,
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

/** A zone in front of a severity without anything between: `%m` alone. */
const ZONE = /^(?:UTC|GMT|MSK|[A-Z]{2,3}T)(?=[A-Z])/

/** The severity that a word in capitals is, or ends with behind a zone, and where it begins there; null when it is none. */
export function severityEnding(word: string): { readonly severity: Severity; readonly at: number } | null {
  const whole = severityOf(word)
  if (whole !== null) return { severity: whole, at: 0 }
  const at = ZONE.exec(word)?.[0].length ?? 0
  const severity = at === 0 ? null : severityOf(word.slice(at))
  return severity === null ? null : { severity, at }
}
