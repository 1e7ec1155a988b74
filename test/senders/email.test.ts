import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { EmailReceiver } from '../../src/model/receiver.ts'
import type { Sending } from '../../src/model/sending.ts'
import { emailSender } from '../../src/senders/email.ts'
import { type MailStandIn, mailStandIn, type SmtpFault } from '../../src/standin/smtp.ts'

let folder: string
let server: MailStandIn
let fault: SmtpFault | undefined
const user = { name: 'patrolog', password: 's3cret' }

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patrolog-mail-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  )
  server = await mailStandIn({
    user,
    tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') },
    fault: () => fault,
  })
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const receiver = (given: Partial<EmailReceiver> = {}): EmailReceiver => ({
  type: 'email',
  name: 'mail',
  zone: 'UTC',
  host: 'localhost',
  port: server.port,
  security: 'starttls',
  user: user.name,
  password: user.password,
  ca: readFileSync(join(folder, 'cert.pem'), 'utf8'),
  from: 'patrolog <patrolog@example.org>',
  to: ['dba@example.org', 'ops@example.org'],
  ...given,
})
const sending = (dedup: string, subject = 'disk — full\r\nBcc: evil@example.org'): Sending => ({
  dedup,
  kind: 'open',
  thread: 'mail|shop/orders@1',
  ref: null,
  loud: false,
  body: { subject, text: 'text €', html: '<p>text €</p>' },
})

async function outcome(given: Partial<EmailReceiver>, dedup = 'a#0') {
  const sender = emailSender(receiver(given))
  const result = await sender.send(sending(dedup))
  await sender.close()
  return result
}

describe('mail', () => {
  it('goes over STARTTLS with authentication, as text and HTML, in a thread, marked as automatic', async () => {
    const sender = emailSender(receiver())
    for (const key of ['a#0', 'a#1', 'a#1'])
      assert.deepEqual(await sender.send(sending(key)), { result: 'sent', ref: null })
    await sender.close()
    const [first, second, again] = server.mails.slice(-3)
    assert.ok(first && second && again)
    assert.deepEqual([first.text.trim(), first.html.trim()], ['text €', '<p>text €</p>'])
    const header = (name: string) => first.headers.get(name)
    assert.equal(header('auto-submitted'), 'auto-generated')
    assert.equal(header('to'), 'dba@example.org, ops@example.org')
    assert.match(header('references') ?? '', /^<[0-9a-f]{32}@example\.org>$/)
    assert.equal(second.headers.get('references'), header('references'))
    assert.notEqual(second.headers.get('message-id'), header('message-id'))
    assert.equal(again.headers.get('message-id'), second.headers.get('message-id'))
    assert.equal(header('bcc'), undefined)
    assert.match(header('subject') ?? '', /^disk — full/)
  })

  it('that a server puts off is for later, that it refuses is never taken', async () => {
    fault = { code: 451, text: 'try again later' }
    assert.deepEqual(await outcome({}), { result: 'later', why: 'SMTP 451 try again later', after: null })
    fault = { code: 550, text: 'no such user' }
    assert.deepEqual(await outcome({}), { result: 'refused', why: 'SMTP 550 no such user' })
    fault = undefined
  })

  it('is refused for a wrong password, which is not shown', async () => {
    const { result, why } = (await outcome({ password: 'wrong-one' })) as { result: string; why: string }
    assert.equal(result, 'refused')
    assert.match(why, /535/)
    assert.doesNotMatch(why, /wrong-one/)
  })

  it('never goes in the clear, nor to a server that cannot prove who it is', async () => {
    const offered = server.offered()
    assert.deepEqual(await outcome({ ca: null }), {
      result: 'later',
      why: 'self-signed certificate: expected one that an authority of `ca` or of this machine signed',
      after: null,
    })
    assert.equal((await outcome({ security: 'none' })).result === 'sent', false)
    assert.equal(server.offered(), offered)
  })

  it('waits for a server that takes no STARTTLS, or no TLS at its port, and says so', async () => {
    const plain = await mailStandIn({})
    const of = { port: plain.port, user: null, password: null } as const
    assert.deepEqual(await outcome({ ...of, security: 'starttls' }), {
      result: 'later',
      why: 'it takes no STARTTLS (500 Error: command not recognized)',
      after: null,
    })
    assert.deepEqual(await outcome({ ...of, security: 'tls' }), {
      result: 'later',
      why: 'it speaks no TLS at this port',
      after: null,
    })
    assert.equal(plain.offered(), 0)
    await plain.close()
  })

  it('that only some of its readers get is told of', async () => {
    const picky = await mailStandIn({ unknown: 'ops@example.org' })
    const told = await outcome({ port: picky.port, security: 'none', user: null, password: null })
    assert.deepEqual(told, { result: 'refused', why: 'SMTP refused ops@example.org' })
    assert.equal(picky.mails.length, 1)
    await picky.close()
  })

  it('to a server that is away is for later', async () => {
    assert.equal((await outcome({ port: 1 })).result, 'later')
  })
})
