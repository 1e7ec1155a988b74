import type { AlertmanagerReceiver, HeartbeatReceiver, WebhookReceiver } from '../model/receiver.ts'
import type { Sender } from '../model/sending.ts'
import { postJson } from './network.ts'

/** A receiver of Alertmanager's webhook payload. The key of a sending is the same when it is repeated. */
export function webhookSender({ url, headers }: WebhookReceiver): Sender {
  return {
    send: ({ body, dedup }) =>
      postJson(url, body, { 'idempotency-key': encodeURIComponent(dedup.toWellFormed()), ...headers }),
    close: async () => {},
  }
}

/** Alertmanager's API, version 2: given the state of all alerts, as often as one likes. */
export function alertmanagerSender({ url, headers }: Pick<AlertmanagerReceiver, 'url' | 'headers'>): Sender {
  const target = `${url.replace(/\/+$/, '')}/api/v2/alerts`
  return {
    send: ({ body }) => postJson(target, body, headers),
    close: async () => {},
  }
}

/** Whoever waits for a sign of life: an URL that is asked, or an Alertmanager that is given an alert. */
export function heartbeatSender(receiver: HeartbeatReceiver): Sender {
  if (receiver.form === 'alertmanager') return alertmanagerSender(receiver)
  return {
    send: () => postJson(receiver.url, {}, receiver.headers),
    close: async () => {},
  }
}
