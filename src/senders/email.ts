import { createHash } from 'node:crypto'
import { getCACertificates } from 'node:tls'
import { createTransport } from 'nodemailer'
import type { EmailReceiver } from '../model/receiver.ts'
import type { MailMessage, Outcome, Probed, Sender, Sending } from '../model/sending.ts'
import { tlsReason } from '../model/tls.ts'
import { codeOf, lost } from './network.ts'

const TIMEOUT = 20_000

/**
 * Sends mail over a pool of one connection: order is kept. A message has the same Message-ID whenever it is repeated, and
 * all mails of a conversation refer to one root that was never sent, so that they are a thread in whatever order they come.
 */
export function emailSender(receiver: EmailReceiver): Sender {
  const transport = transportOf(receiver)
  return {
    async send(sending) {
      try {
        const { rejected } = await transport.sendMail(mailOf(receiver, sending))
        if (rejected.length > 0) return { result: 'refused', why: `SMTP refused ${rejected.join(', ')}` }
        return { result: 'sent', ref: null }
      } catch (error) {
        return outcomeOf(error)
      }
    },
    close: async () => transport.close(),
  }
}

/** Connects, and logs in where there is a user; no mail is offered. */
export async function probeEmail(receiver: EmailReceiver): Promise<Probed> {
  const transport = transportOf(receiver)
  try {
    await transport.verify()
    return { ok: true, said: receiver.user === null ? 'it greets us' : `it takes us for ${receiver.user}` }
  } catch (error) {
    const outcome = outcomeOf(error)
    return { ok: false, why: 'why' in outcome ? outcome.why : '' }
  } finally {
    transport.close()
  }
}

function transportOf(receiver: EmailReceiver) {
  return createTransport({
    pool: true,
    maxConnections: 1,
    host: receiver.host,
    port: receiver.port,
    secure: receiver.security === 'tls',
    requireTLS: receiver.security === 'starttls',
    ignoreTLS: receiver.security === 'none',
    ...(receiver.user === null ? {} : { auth: { user: receiver.user, pass: receiver.password ?? '' } }),
    tls: receiver.ca === null ? {} : { ca: [...getCACertificates(), receiver.ca] },
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function mailOf({ from, to }: EmailReceiver, { dedup, thread, body }: Sending) {
  const { subject, text, html } = body as MailMessage
  const root = messageId(thread, from)
  return {
    from,
    to: [...to],
    subject,
    text,
    html,
    messageId: messageId(dedup, from),
    inReplyTo: root,
    references: root,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  }
}

/** Deterministic: the same key gives the same id. */
function messageId(key: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'patrolog.invalid'
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${domain}>`
}

/** A server's 4xx is for later, its 5xx for good. Without an answer after the connection was made nobody knows. */
function outcomeOf(error: unknown): Outcome {
  const { responseCode, response, command } = error as { responseCode?: number; response?: string; command?: string }
  // It may not offer TLS for now, while its certificate is renewed: no word on the mail.
  if (command === 'STARTTLS')
    return { result: 'later', why: `it takes no STARTTLS (${response ?? (error as Error).message})`, after: null }
  if (responseCode !== undefined) {
    const why = `SMTP ${(response ?? String(responseCode)).slice(0, 200)}`
    return responseCode >= 500 ? { result: 'refused', why } : { result: 'later', why, after: null }
  }
  if (command === 'CONN' || codeOf(error) === 'ETLS')
    return { result: 'later', why: tlsReason((error as Error).message), after: null }
  return lost(error)
}
