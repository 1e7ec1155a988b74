import type { Alert, Transition } from '../model/effect.ts'
import type { Silence } from '../model/receiver.ts'
import type { Sender, Store } from '../model/sending.ts'

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
  /** How far the input is complete (event time, epoch ms): ends or begins the time in which we are behind. */
  watermark(time: number): Promise<void>
  /** Says that all assigned partitions advance: heartbeat receivers are fed for some time after. */
  alive(): void
  /** When `tick` has something to do, epoch ms; Infinity when nothing is due. Receivers that are being sent to do not count. */
  due(): number
  /** Decides what is due and starts to send it. Resolves when what it started has ended; may be called again before. */
  tick(): Promise<void>
  silence(silence: Silence): Promise<void>
  /** False when there is none of that id. */
  expire(id: string): Promise<boolean>
  /** Ends what is known of a cluster, or of one member: its alerts end as forgotten. Gives their number. */
  forget(cluster: string, member: string | null): Promise<number>
  status(): Status
  /** Undefined when no alert of that fingerprint is known. */
  explain(fingerprint: string): Explanation | undefined
  silences(): readonly Silence[]
  /** Lets go of senders and store once what is on its way has ended. */
  close(): Promise<void>
}

/** `seq` rises with each record of a fingerprint, within an `epoch` (0 when not given); a later epoch begins anew. */
export interface AlertRecord {
  readonly alert: Alert
  readonly seq: number
  readonly epoch?: number
}

export interface Status {
  readonly firing: readonly FiringAlert[]
  readonly behind: boolean
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
