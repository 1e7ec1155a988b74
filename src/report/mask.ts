/** Names of what is secret, as the last part of longer ones too: `PGPASSWORD`, `replication_password`, `AWS_SECRET_ACCESS_KEY`. */
const NAME = '\\w{0,40}(?:password|passwd|pwd|secret(?:_access)?(?:_key)?|token)'
const SINGLE = "'(?:[^'\\\\]|\\\\.|''){0,200}'"
const DOUBLE = '"(?:[^"\\\\]|\\\\.){0,200}"'

/** Secrets as they stand in log lines: conninfo, environments, SQL, JSON, Python's dicts, URLs, HTTP headers. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\b(${NAME}\\s*=\\s*)(?:${SINGLE}|${DOUBLE}|[^\\s'",;)}\\]]{1,200})`, 'gi'), '$1***'],
  [new RegExp(`\\b(password\\s+)${SINGLE}`, 'gi'), "$1'***'"],
  [new RegExp(`("${NAME}"\\s*:\\s*)${DOUBLE}`, 'gi'), '$1"***"'],
  [new RegExp(`('${NAME}'\\s*:\\s*)(?:${SINGLE}|${DOUBLE})`, 'gi'), "$1'***'"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,2000}/g, '$1 ***'],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,100}):[^\s/"']{1,200}@/gi, '$1:***@'],
]
const HINT = /passw|pwd|token|secret|bearer|basic|:\/\//i

/** Hides secrets in a text that is to be shown. */
export function mask(text: string): string {
  if (!HINT.test(text)) return text
  return SECRETS.reduce((masked, [pattern, instead]) => masked.replace(pattern, instead), text)
}
