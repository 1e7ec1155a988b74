import type { SlackWebhookReceiver } from '../model/receiver.ts'
import type { Sender, SlackMessage } from '../model/sending.ts'
import { postJson } from './network.ts'

/** Slack's incoming webhook: one channel, no thread, no update, and no way to ask whether a message arrived. */
export function slackWebhookSender({ url }: SlackWebhookReceiver): Sender {
  return {
    send({ body }) {
      const { text, blocks } = body as SlackMessage
      return postJson(url, { text, blocks, unfurl_links: false, unfurl_media: false }, {})
    },
    close: async () => {},
  }
}
