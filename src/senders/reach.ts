import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { AlertmanagerReceiver } from '../model/receiver.ts'
import type { Probed } from '../model/sending.ts'
import { reasonOf } from './network.ts'

const TIMEOUT = 10_000

/** Asks an Alertmanager how it does, which tells it nothing. */
export async function probeAlertmanager({
  url,
  headers,
}: Pick<AlertmanagerReceiver, 'url' | 'headers'>): Promise<Probed> {
  try {
    const target = `${url.replace(/\/+$/, '')}/api/v2/status`
    const response = await fetch(target, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) })
    await response.body?.cancel()
    return response.ok ? { ok: true, said: 'it answers' } : { ok: false, why: `HTTP ${response.status}` }
  } catch (error) {
    return { ok: false, why: reasonOf(error) }
  }
}

/** Connects to the server of an URL, by TLS where the URL says so, and hangs up: nothing is asked of it. */
export async function reach(url: string): Promise<Probed> {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  try {
    await connected(protocol === 'https:', host, Number(port) || (protocol === 'https:' ? 443 : 80))
    return { ok: true, said: 'its server is reached; nothing was sent' }
  } catch (error) {
    return { ok: false, why: reasonOf(error) }
  }
}

function connected(secure: boolean, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = secure ? connectTls({ host, port, servername: host }) : connectPlain({ host, port })
    socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)))
    socket.once('error', reject)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.destroy()
      resolve()
    })
  })
}
