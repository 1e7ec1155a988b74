/** A mail as its reader sees it. Header names in lower case; of several of one name the last. */
export interface Mail {
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  readonly html: string
}

/** Reads a mail as nodemailer writes it: headers, and text and HTML as alternatives. */
export function readMail(raw: string): Mail {
  const { headers, body } = split(raw)
  const parts = partsOf(headers, body)
  const of = (type: string): string =>
    parts.find(({ headers }) => headers.get('content-type')?.startsWith(type))?.body ?? ''
  return { headers, text: of('text/plain'), html: of('text/html') }
}

interface Part {
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

function split(raw: string): Part {
  const end = raw.search(/\r?\n\r?\n/)
  const head = (end < 0 ? raw : raw.slice(0, end)).replace(/\r?\n[ \t]+/g, ' ')
  const headers = new Map<string, string>()
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), words(line.slice(colon + 1).trim()))
  }
  return { headers, body: end < 0 ? '' : raw.slice(end).replace(/^\r?\n\r?\n/, '') }
}

function partsOf(headers: ReadonlyMap<string, string>, body: string): readonly Part[] {
  const [, boundary] = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '') ?? []
  if (boundary === undefined) return [{ headers, body: decoded(headers, body) }]
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap((piece) => {
      const part = split(piece.replace(/^\r?\n/, ''))
      return partsOf(part.headers, part.body)
    })
}

function decoded(headers: ReadonlyMap<string, string>, body: string): string {
  const encoding = headers.get('content-transfer-encoding')
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return body.replaceAll('\r\n', '\n')
  return quotedPrintable(body.replace(/=\r?\n/g, '').replaceAll('\r\n', '\n'))
}

function quotedPrintable(text: string): string {
  return text.replace(/(?:=[0-9A-F]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString())
}

/** `=?UTF-8?Q?…?=` and `=?UTF-8?B?…?=` in a header. */
function words(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString() : quotedPrintable(word.replaceAll('_', ' ')),
    )
}
