import type { NotifySettings, Receiver } from '../model/receiver.ts'
import type { Sender } from '../model/sending.ts'

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
