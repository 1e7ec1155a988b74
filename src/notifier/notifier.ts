import type { Receiver } from '../model/receiver.ts'
import type { NotifierParts, Sender } from '../model/sending.ts'
import { lags, unattended } from '../notify/behind.ts'
import { type Lane, newLane } from '../notify/lane.ts'
import { forget, learn } from '../notify/learn.ts'
import { plan, planDue } from '../notify/plan.ts'
import { explain, firing, receiverStatus } from '../notify/report.ts'
import { dismiss, doubt, settle, settleFound } from '../notify/settle.ts'
import { changes, type NotifyState, restored, touch } from '../notify/state.ts'
import type { Step } from '../notify/step.ts'
import { take } from '../notify/take.ts'
import { decisionDue, pass } from '../notify/timers.ts'
import type { Notifier, NotifierHooks } from './types.ts'

/**
 * The notifier over its stored state. Decisions and intents are in the store before anything is sent, results after.
 * Throws when the store cannot be read; `take` and `tick` reject when it cannot be written.
 */
export async function notifier(parts: NotifierParts, hooks: NotifierHooks = {}): Promise<Notifier> {
  const { settings, store, senders, now } = parts
  const state = restored(settings, await store.load())
  const lanes = new Map(settings.receivers.map(({ name }) => [name, newLane(name)]))
  let alive = Number.NEGATIVE_INFINITY
  let looked = Number.NEGATIVE_INFINITY
  let closing = false
  let writing: Promise<void> = Promise.resolve()
  const running = new Set<Promise<void>>()

  /** Writes what has changed, one write after the other. What could not be written is part of the next one. */
  function flush(): Promise<void> {
    const written = writing.then(write)
    writing = written.catch(() => {})
    return written
  }

  async function write(): Promise<void> {
    const list = changes(state)
    if (list.length === 0) return
    try {
      await store.write(list)
    } catch (error) {
      for (const { key } of list) state.touched.add(key)
      throw error
    }
  }

  async function changed(): Promise<void> {
    await flush()
    hooks.onDue?.()
  }

  /** Sends to one receiver until nothing more is due. */
  async function run(receiver: Receiver, lane: Lane, sender: Sender): Promise<void> {
    while (!closing) {
      const step = plan(state, receiver, lane, alive, now())
      await flush().catch((error) => {
        if (step !== undefined) doubt(state, step, now())
        throw error
      })
      if (step === undefined) return
      await perform(receiver, lane, sender, step)
      await flush()
    }
  }

  async function perform(receiver: Receiver, lane: Lane, sender: Sender, step: Step): Promise<void> {
    if (step.step === 'find' && sender.find !== undefined) {
      settleFound(state, lane, step, await sender.find(step.sending, step.op.at), now())
      return
    }
    const began = step.step === 'push' ? now() : step.talk.dueAt
    const outcome = await sender.send(step.sending)
    settle(state, receiver, lane, step, outcome, now())
    hooks.onOutcome?.(receiver.name, outcome.result, now() - began)
    if (outcome.result !== 'sent') hooks.onTrouble?.(receiver.name, outcome.why)
  }

  function start(receiver: Receiver, lane: Lane): Promise<void> | undefined {
    const sender = senders.get(receiver.name)
    if (lane.busy || sender === undefined || planDue(state, receiver, lane, alive) > now()) return undefined
    lane.busy = true
    const done = run(receiver, lane, sender).finally(() => {
      lane.busy = false
      running.delete(done)
      hooks.onDue?.()
    })
    running.add(done)
    return done
  }

  return {
    async take(records) {
      for (const { alert, seq, epoch = 0, part = '', lag = 0 } of records)
        take(state, alert, seq, now(), { epoch, part, lag })
      await changed()
    },
    async learn(transitions) {
      for (const transition of transitions) learn(state, transition)
      await flush()
    },
    async lag(part, lag) {
      if (lags(state, part, lag, now())) await changed()
    },
    async unattended(part, since) {
      if (unattended(state, part, since, now())) await changed()
    },
    alive() {
      alive = now()
      hooks.onDue?.()
    },
    due() {
      let due = decisionDue(state, looked)
      for (const receiver of settings.receivers) {
        const lane = lanes.get(receiver.name) as Lane
        if (!lane.busy) due = Math.min(due, planDue(state, receiver, lane, alive))
      }
      return due
    },
    async tick() {
      const at = now()
      // Whoever only asks, maybe with other settings, does not come here.
      if (looked === Number.NEGATIVE_INFINITY) dismiss(state, at)
      if (decisionDue(state, looked) <= at) pass(state, at)
      looked = at
      await flush()
      await Promise.all(settings.receivers.map((receiver) => start(receiver, lanes.get(receiver.name) as Lane)))
      hooks.onDue?.()
    },
    async silence(silence) {
      state.silences.set(silence.id, silence)
      touch(state, 'silence', silence.id)
      pass(state, now())
      await changed()
    },
    async expire(id) {
      const known = state.silences.get(id)
      if (known === undefined) return false
      state.silences.set(id, { ...known, endsAt: Math.min(known.endsAt, now()) })
      touch(state, 'silence', id)
      pass(state, now())
      await changed()
      return true
    },
    async heardSilence(silence) {
      const known = state.silences.get(silence.id)
      const over = known === undefined ? silence.endsAt <= now() : silence.endsAt >= known.endsAt
      if (over) return
      state.silences.set(silence.id, silence)
      pass(state, now())
      await changed()
    },
    async forget(name) {
      const forgotten = forget(state, name, now())
      await changed()
      return forgotten
    },
    status: () => status(state, lanes),
    explain: (fingerprint) => explain(state, fingerprint),
    silences: () => [...settings.silences, ...state.silences.values()].filter(({ endsAt }) => endsAt > now()),
    async close() {
      closing = true
      await Promise.allSettled(running)
      await flush()
      await Promise.allSettled([...senders.values()].map((sender) => sender.close()))
      await store.close()
    },
  }
}

function status(state: NotifyState, lanes: ReadonlyMap<string, Lane>) {
  return {
    firing: firing(state),
    behind: [...state.behind.keys()],
    receivers: [...lanes.values()].map((lane) => receiverStatus(state, lane)),
  }
}
