import type { Alert, Transition } from '../model/effect.ts'
import type { Silence } from '../model/receiver.ts'
import type { Sender, Store } from '../model/sending.ts'
import type { Forgotten } from '../notify/learn.ts'

/**
 * Leads the notifications of alert records. Records are taken at least once: per fingerprint, one with a sequence that is
 * not higher than the last is ignored, so an offset may be committed as soon as `take` has resolved.
 *
 * The caller keeps time: it calls `tick` at `due()` and whenever `onDue` tells that an earlier time has come up.
 */
export interface Notifier {
  /** Resolves when the decision is in the store. Nothing is sent yet. */
  take(records: readonly AlertRecord[]): Promise<void>
  /** Roles and what members do, for the table of members. Only the latest of each facet is kept. */
  learn(transitions: readonly Transition[]): Promise<void>
  /** How far we are behind, ms, in a part of the input, or in reading the alerts (`READING`): ends or begins the time in which nothing of it is sent. */
  lag(part: string, lag: number): Promise<void>
  /** Nobody has decided about a part of the input since then, epoch ms: it is not waited for until `lag` speaks of it again. */
  unattended(part: string, since: number): Promise<void>
  /** Says that all assigned partitions advance: heartbeat receivers are fed for some time after. */
  alive(): void
  /** When `tick` has something to do, epoch ms; Infinity when nothing is due. Receivers that are being sent to do not count. */
  due(): number
  /** Decides what is due and starts to send it. Resolves when what it started has ended; may be called again before. */
  tick(): Promise<void>
  silence(silence: Silence): Promise<void>
  /** False when there is none of that id. */
  expire(id: string): Promise<boolean>
  /** Takes a silence that another process made or ended. Of two words on the same one that which ends earlier holds. */
  heardSilence(silence: Silence): Promise<void>
  /** Ends what is known of a cluster, or of one member: its alerts end as forgotten. */
  forget(name: string): Promise<Forgotten>
  status(): Status
  /** Undefined when no alert of that fingerprint is known. */
  explain(fingerprint: string): Explanation | undefined
  silences(): readonly Silence[]
  /** Lets go of senders and store once what is on its way has ended. */
  close(): Promise<void>
}

/**
 * `seq` rises with each record of a fingerprint, within an `epoch` (0 when not given); a later epoch begins anew. `part` is
 * the part of the input that it was decided of, and `lag` how far we were behind there, ms, until it was read here.
 */
export interface AlertRecord {
  readonly alert: Alert
  readonly seq: number
  readonly epoch?: number
  readonly part?: string
  readonly lag?: number
}

export interface Status {
  readonly firing: readonly FiringAlert[]
  /** Parts of the input of which nothing is sent, since they are far behind. */
  readonly behind: readonly string[]
  readonly receivers: readonly ReceiverStatus[]
}

export interface FiringAlert {
  readonly fingerprint: string
  readonly rule: string
  readonly cluster: string
  readonly subject: string
  readonly severity: string
  readonly since: number
  readonly summary: string
  /** Why it is not sent, or null. */
  readonly muted: string | null
}

export interface ReceiverStatus {
  readonly name: string
  readonly waiting: number
  readonly sent: number
  readonly dead: number
  /** The latest failure that is not yet over. */
  readonly trouble: string | null
}

/** Why an alert was or was not sent: the latest decisions, oldest first. */
export interface Explanation {
  readonly fingerprint: string
  readonly rule: string
  readonly cluster: string
  readonly subject: string
  readonly status: string
  readonly decisions: readonly { readonly time: number; readonly text: string }[]
}

export interface NotifierHooks {
  /** An earlier time came up: `due()` has changed. */
  readonly onDue?: () => void
  /** One sending ended. `took`: ms from the record's decision to now. */
  readonly onOutcome?: (receiver: string, result: string, took: number) => void
  readonly onTrouble?: (receiver: string, why: string) => void
}

export type { Sender, Store }
