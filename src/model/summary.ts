/** Lines that nobody understood, of one program. */
export interface Unrecognised {
  readonly program: string
  readonly count: number
  /** Heads of a few of them. */
  readonly samples: readonly string[]
}

/** What became of the records; `total` is the sum of the rest. */
export interface RecordCounts {
  readonly total: number
  readonly events: number
  readonly samples: number
  readonly noise: number
  readonly continuation: number
  readonly unrecognised: number
  readonly rejected: number
  readonly duplicate: number
  readonly late: number
  readonly empty: number
}

/** State of a member at the end: facet → value and since when (epoch ms, null when not known). */
export interface MemberSummary {
  readonly cluster: string
  readonly member: string
  readonly state: Readonly<Record<string, { readonly value: string; readonly since: number | null }>>
}

/** Who wrote an input, and how that is known. */
export interface InputSummary {
  readonly file: string
  readonly cluster: string | null
  readonly member: string | null
  readonly basis: string
  /** Zone of its stamps that name none, where its other stamps tell it. */
  readonly zone?: string
  /** Zone of the times of its journal, where the lines in it are of another one. */
  readonly journalZone?: string
}

/** An alert that is firing at the end. `confirmed`: latest check that found it so, epoch ms. */
export interface OpenAlert {
  readonly rule: string
  readonly cluster: string
  readonly subject: string
  readonly severity: string
  readonly since: number
  readonly confirmed: number
}

/** The last record of a replay. Times are epoch ms. */
export interface Summary {
  readonly kind: 'summary'
  /** Latest event time, null when nothing had one. */
  readonly time: number | null
  readonly from: number | null
  readonly to: number | null
  readonly zone: string
  readonly records: RecordCounts
  readonly unrecognised: readonly Unrecognised[]
  readonly transitions: number
  readonly alerts: Readonly<Record<string, number>>
  readonly open: readonly OpenAlert[]
  readonly inputs: readonly InputSummary[]
  readonly problems: readonly { readonly file: string; readonly problem: string }[]
  readonly members: readonly MemberSummary[]
}
