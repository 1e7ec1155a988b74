import type { Observed, Span } from './observe.ts'

/** What replay may say of a run: `["*"]` of `mustNot` = nobody is called. */
export type Expectation = {
  mustNot: readonly string[]
  /** Rules that may fire, at most as severe. */
  allowed?: Record<string, 'info' | 'warning' | 'critical'>
  alerts?: readonly { alert: string; after: number; before: number }[]
}

type Event = { event: string; member: string; explicit_in_log: boolean; window: [number, number]; anchor_at: number }

/** `expected.json`: the events by the judge's readings with room for lines that come before or after, the alerts by the scenario. */
export function expected(key: string, observed: Observed, expectation: Expectation): Record<string, unknown> {
  const { t0 } = observed
  const alerts = expectation.alerts ?? []
  return {
    scenario: key,
    events: events(observed),
    alerts: alerts.map(({ alert, after, before }) => ({ alert, window: [t0 + after, t0 + before] })),
    must_not: expectation.mustNot,
    allowed: Object.keys(expectation.allowed ?? {}),
    allowed_up_to: expectation.allowed ?? {},
    info: [],
    unresolved: [],
  }
}

function events({ t0, members }: Observed): Event[] {
  return Object.entries(members).flatMap(([member, { postgres_role }]) =>
    postgres_role
      .flatMap((span, index) => kinds(postgres_role[index - 1], span).map((event) => ({ event, at: span[0] })))
      .filter(({ at }) => at > 0)
      .map(({ event, at }) => ({
        event,
        member,
        explicit_in_log: true,
        window: [t0 + at - 6, t0 + at + 9] as [number, number],
        anchor_at: at,
      })),
  )
}

function kinds(before: Span | undefined, [, , role]: Span): string[] {
  if (before === undefined) return []
  if (role === 'down') return ['postgres_down']
  if (before[2] === 'down') return ['postgres_up']
  return role === 'primary' ? ['promoted'] : []
}
