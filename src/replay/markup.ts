const MARKUP =
  /^\s*(?:[`~]{3,}\w*|(?:[-=*_#]{3,}|\.{3,}|…)\s*|\[?\(?(?:snip\b|\.\.\.|…)[^\n]*|[$❯➜] {1,2}(?:~ )?[a-z][^\n]{3,}|-?(?:ba)?sh-\d\.\d[$#](?: [^\n]*)?|#{1,6} [\w<(][^\n]{0,80}|\[?[\w.-]{2,}@[\w.-]{2,}[^$#]{0,80}[$#] \w[^\n]*)$/

/** What `systemctl status` shows above a journal, and what journalctl says of itself and explains. */
const STATUS =
  /^(?:[●×○↻*] [\w@.-]{1,100}\.service\b|\s+(?:Loaded|Active|Drop-In|Docs|Process|Main PID|Tasks|Memory|CPU|CGroup|Status|IO|IP): \S|\s+[├└│]─?\s?(?:\d{1,10}\s|\S+\.conf)|-- (?:Logs begin|Journal begins|Reboot|Boot|No entries|Unit|Subject|Defined-By|Support|Documentation|A start job|The (?:start|unit|job|process)|An ExecStart|Automatic restarting|Started|\s*$))/

/** Whether a line is what people put around a log they copied: fences, rulers, the command that showed it. */
export function isMarkup(text: string): boolean {
  return text.length <= 400 && (MARKUP.test(text) || STATUS.test(text))
}
