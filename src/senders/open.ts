import type { NotifySettings, Receiver } from '../model/receiver.ts'
import type { Probed, Sender } from '../model/sending.ts'

/** The sender of each receiver, by name. Libraries are loaded for the kinds there are. */
export async function openSenders({ receivers }: NotifySettings): Promise<ReadonlyMap<string, Sender>> {
  return new Map(await Promise.all(receivers.map(async (each) => [each.name, await openSender(each)] as const)))
}

async function openSender(receiver: Receiver): Promise<Sender> {
  switch (receiver.type) {
    case 'slack':
      return (await import('./slack.ts')).slackSender(receiver)
    case 'email':
      return (await import('./email.ts')).emailSender(receiver)
    case 'slack-webhook':
      return (await import('./slack-webhook.ts')).slackWebhookSender(receiver)
    case 'webhook':
      return (await import('./webhook.ts')).webhookSender(receiver)
    case 'alertmanager':
      return (await import('./webhook.ts')).alertmanagerSender(receiver)
    case 'heartbeat':
      return (await import('./webhook.ts')).heartbeatSender(receiver)
  }
}

/** Asks a receiver whether it is there. What would take anything we send for news is only connected to. */
export async function probeReceiver(receiver: Receiver): Promise<Probed> {
  switch (receiver.type) {
    case 'slack':
      return (await import('./slack.ts')).probeSlack(receiver)
    case 'email':
      return (await import('./email.ts')).probeEmail(receiver)
    case 'alertmanager':
      return (await import('./reach.ts')).probeAlertmanager(receiver)
    case 'heartbeat':
      return receiver.form === 'alertmanager'
        ? (await import('./reach.ts')).probeAlertmanager(receiver)
        : (await import('./reach.ts')).reach(receiver.url)
    default:
      return (await import('./reach.ts')).reach(receiver.url)
  }
}
