const MARKUP =
  /^\s*(?:[`~]{3,}\w*|(?:[-=*_#]{3,}|\.{3,}|…)\s*|\[?\(?(?:snip\b|\.\.\.|…)[^\n]*|[$❯➜] [a-z][^\n]{3,}|\[?[\w.-]{2,}@[\w.-]{2,}[^$#]{0,80}[$#] \w[^\n]*)$/

/** Whether a line is what people put around a log they copied: fences, rulers, the command that showed it. */
export function isMarkup(text: string): boolean {
  return text.length <= 400 && MARKUP.test(text)
}
