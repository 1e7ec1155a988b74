import { createServer } from 'node:http'
import { plain } from '../report/plain.ts'
import type { Mail } from '../standin/mime.ts'
import { slackStandIn } from '../standin/slack.ts'
import { mailStandIn } from '../standin/smtp.ts'

/** What `docker-compose.yml` and docker/patrolog.yaml know. */
const [SLACK, SMTP, MAILS] = [8090, 1025, 8025] as const
const HOST = '0.0.0.0'

/**
 * Stand-ins for Slack and a mail server on fixed ports, for a service that runs elsewhere: the channel can be read in a browser
 * at port 8090, what was mailed at port 8025. Until it is told to end.
 */
export async function serveStandIns(): Promise<number> {
  const slack = await slackStandIn({ token: 'demo', channel: 'CDEMO0001', port: SLACK, host: HOST })
  const mail = await mailStandIn({ port: SMTP, host: HOST })
  const page = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(mail.mails.map(text).join('\n'))
  })
  await new Promise<void>((resolve) => page.listen(MAILS, HOST, resolve))
  process.stdout.write(
    `Slack at http://localhost:${SLACK}/, mails at http://localhost:${MAILS}/, SMTP at port ${SMTP}.\n`,
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  page.close()
  await Promise.all([slack.close(), mail.close()])
  return 0
}

function text({ headers, text }: Mail): string {
  return `── ${plain(headers.get('subject') ?? '')}\n\n${text.split('\n').map(plain).join('\n')}\n`
}
