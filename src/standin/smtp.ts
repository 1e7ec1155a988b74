import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { type Mail, readMail } from './mime.ts'

/** An answer instead of taking the mail; 4xx or 5xx. */
export interface SmtpFault {
  readonly code: number
  readonly text: string
}

export interface MailStandIn {
  readonly port: number
  readonly mails: readonly Mail[]
  /** Mails offered, refused ones included. */
  readonly offered: () => number
  close(): Promise<void>
}

export interface MailStandInOptions {
  readonly user?: { readonly name: string; readonly password: string }
  /** PEM; offers STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Asked at each mail; undefined takes it. */
  readonly fault?: () => SmtpFault | undefined
  /** A recipient it does not know. */
  readonly unknown?: string
  readonly port?: number
  /** Address listened on; the loopback when not set. */
  readonly host?: string
}

/** A mail server on the loopback that keeps what it takes, in order. */
export async function mailStandIn(options: MailStandInOptions = {}): Promise<MailStandIn> {
  const mails: Mail[] = []
  let offered = 0
  const { user, tls } = options
  const settings: SMTPServerOptions = {
    disabledCommands: [...(user === undefined ? ['AUTH'] : []), ...(tls === undefined ? ['STARTTLS'] : [])],
    authOptional: user === undefined,
    ...tls,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      const known = username === user?.name && password === user?.password
      if (known) done(null, { user: username })
      else done(refusal({ code: 535, text: 'authentication failed' }))
    },
    onRcptTo({ address }, _session, done) {
      done(address === options.unknown ? refusal({ code: 550, text: 'no such user' }) : null)
    },
    onData(stream, _session, done) {
      offered++
      textOf(stream).then((raw) => {
        const fault = options.fault?.()
        if (fault === undefined) mails.push(readMail(raw))
        done(fault === undefined ? null : refusal(fault))
      }, done)
    },
  }
  const server = new SMTPServer(settings)
  // A client that goes away in the middle is no trouble of ours.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => resolve()))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    offered: () => offered,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function refusal({ code, text }: SmtpFault): Error {
  return Object.assign(new Error(text), { responseCode: code })
}

async function textOf(stream: Readable): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}
