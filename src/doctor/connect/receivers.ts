import { UsageError } from '../../config/problem.ts'
import type { Config } from '../../config/types.ts'
import type { Receiver } from '../../model/receiver.ts'
import { notifySettings } from '../../notifier/settings.ts'
import { probeReceiver } from '../../senders/open.ts'
import { bare, failed, ok, type Reached } from './result.ts'

/** Asks each receiver whether it is there; nobody is told anything. */
export function reachReceivers({ notify }: Config, env: NodeJS.ProcessEnv): readonly Promise<readonly Reached[]>[] {
  if (notify === undefined) return []
  try {
    return notifySettings(notify, env).receivers.map(async (receiver) => [await reachOne(receiver)])
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return [Promise.resolve(error.problems.map((problem) => failed('receivers', problem)))]
  }
}

async function reachOne(receiver: Receiver): Promise<Reached> {
  const what = `${receiver.type} ${receiver.name} ${placeOf(receiver)}`
  const probed = await probeReceiver(receiver)
  return probed.ok ? ok(what, probed.said) : failed(what, probed.why)
}

function placeOf(receiver: Receiver): string {
  if (receiver.type === 'email') return `${receiver.host}:${receiver.port}`
  return bare(receiver.type === 'slack' ? receiver.apiUrl : receiver.url)
}
