/** One receiver as it is being sent to. Not stored: after a start everything may be tried at once. Times epoch ms. */
export interface Lane {
  readonly receiver: string
  busy: boolean
  /** Nothing is sent before: its rate, a back-off, or what it asked for. */
  notBefore: number
  /** Failures in a row. */
  failures: number
  trouble: string | null
  troubleSince: number
  /** When conversations were opened, the latest of them. */
  opens: number[]
  /** When a storm last took in an incident, and when the last of those began that are told one by one; null before. */
  storm: { readonly at: number; readonly kept: number } | null
  /** When an Alertmanager is given the state again, or a heartbeat is due. */
  pushAt: number
  /** Sendings that arrived, and those given up, since the start. */
  sent: number
  dead: number
}

/** The lane of a receiver to which nothing was sent yet. */
export function newLane(receiver: string): Lane {
  return {
    receiver,
    busy: false,
    notBefore: Number.NEGATIVE_INFINITY,
    failures: 0,
    trouble: null,
    troubleSince: Number.POSITIVE_INFINITY,
    opens: [],
    storm: null,
    pushAt: Number.NEGATIVE_INFINITY,
    sent: 0,
    dead: 0,
  }
}

const LONGEST_RETRY = 60_000

/** How long to wait after so many failures in a row, ms. */
export function backoff(firstRetry: number, failures: number): number {
  return Math.min(LONGEST_RETRY, firstRetry * 2 ** Math.min(failures, 20))
}
