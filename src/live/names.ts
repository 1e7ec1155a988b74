/** Names of our own topics and consumer groups. */
export interface Names {
  readonly observations: string
  readonly state: string
  readonly transitions: string
  readonly alerts: string
  readonly rejects: string
  readonly ingest: string
  readonly correlate: string
  readonly notify: string
  readonly notifications: string
  readonly silences: string
  readonly progress: string
}

export function namesOf(prefix = 'patrolog'): Names {
  return {
    observations: `${prefix}.observations`,
    state: `${prefix}.state`,
    transitions: `${prefix}.transitions`,
    alerts: `${prefix}.alerts`,
    rejects: `${prefix}.rejects`,
    ingest: `${prefix}.ingest`,
    correlate: `${prefix}.correlate`,
    notify: `${prefix}.notify`,
    notifications: `${prefix}.notifications`,
    silences: `${prefix}.silences`,
    progress: `${prefix}.progress`,
  }
}
