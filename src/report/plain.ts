/** C0 and C1 controls, line separators, and marks that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is hidden
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** A text as it may be shown on a terminal: what would steer it is written out, `\t`, `\x1b`, `\u202e`. */
export function plain(text: string): string {
  return text.replace(UNSAFE, (mark) => {
    if (mark === '\t') return '\\t'
    if (mark === '\n') return '\\n'
    const code = mark.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
