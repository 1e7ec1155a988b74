const MARKUP =
  /^\s*(?:[`~]{3,}.*|[-=*_#.…\s]+|\[?\(?(?:snip|\.\.\.|…).*|[$%❯➜] \S.*|[\w.-]+@[\w.-]+[^$#]{0,80}[$#] .*|\[[\w.-]+@[^\]]{1,80}\][$#] .*)$/

/** Whether a line is what people put around a log they copied: fences, rulers, the command that showed it. */
export function isMarkup(text: string): boolean {
  return text.length <= 400 && MARKUP.test(text)
}
