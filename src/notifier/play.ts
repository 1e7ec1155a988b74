import type { Alert, Transition } from '../model/effect.ts'
import type { NotifySettings } from '../model/receiver.ts'
import type { Sender, Store } from '../model/sending.ts'
import { notifier } from './notifier.ts'

/** How long time goes on after the last record, ms: what waits to be grouped is sent. */
const AFTER = 10 * 60_000

/**
 * Plays recorded effects, in order, to a notifier of its own whose clock is their event time, so that hours of an incident
 * are sent in moments. Sends through the senders given, which it closes with the store.
 */
export async function play(
  effects: readonly (Alert | Transition)[],
  settings: NotifySettings,
  store: Store,
  senders: ReadonlyMap<string, Sender>,
): Promise<void> {
  let time = effects[0]?.time ?? 0
  const voice = await notifier({ settings, store, senders, now: () => time })

  async function until(end: number): Promise<void> {
    for (let due = voice.due(); due <= end; due = voice.due()) {
      time = Math.max(time, due)
      await voice.tick()
    }
    time = Math.max(time, end)
  }

  for (const [at, effect] of effects.entries()) {
    await until(effect.time)
    if (effect.kind === 'alert') await voice.take([{ alert: effect, seq: at }])
    else await voice.learn([effect])
  }
  await until(time + AFTER)
  await voice.close()
}
