/** Secrets as they stand in log lines: conninfo, URLs, HTTP headers. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [
    /\b((?:ssl)?password|passwd|pwd|secret|token)(\s*=\s*)('(?:[^'\\]|\\.){0,200}'|"(?:[^"\\]|\\.){0,200}"|[^\s'",;)}\]]{1,200})/gi,
    '$1$2***',
  ],
  [/("(?:[a-z_]{0,30}password|token|secret)"\s*:\s*)"(?:[^"\\]|\\.){0,200}"/gi, '$1"***"'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,2000}/g, '$1 ***'],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{1,100}):[^\s@/]{1,200}@/gi, '$1:***@'],
]
const HINT = /passw|pwd|token|secret|bearer|basic|:\/\//i

/** Hides secrets in a text that is to be shown. */
export function mask(text: string): string {
  if (!HINT.test(text)) return text
  return SECRETS.reduce((masked, [pattern, instead]) => masked.replace(pattern, instead), text)
}
