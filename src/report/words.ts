import type { Transition } from '../model/effect.ts'

/** What the change of a facet means, in words: `is the leader`, `receives no WAL`. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  role: {
    leader: 'is the leader',
    replica: 'is a replica',
    standby_leader: 'leads the standby cluster',
    none: 'has no role any more',
  },
  lockView: { none: 'sees no leader' },
  failsafe: {
    holding: 'is in failsafe mode',
    off: 'is not in failsafe mode',
    unknown: 'may or may not be in failsafe mode',
  },
  dcs: { reachable: 'reaches the DCS', unreachable: 'cannot reach the DCS' },
  upstream: { none: 'has no upstream' },
  replication: { streaming: 'streams', archive: 'reads WAL from the archive', stopped: 'receives no WAL' },
  replay: { moving: 'replays', still: 'replays nothing', paused: 'has its replay paused' },
  postgres: {
    running: 'runs PostgreSQL',
    starting: 'starts PostgreSQL',
    stopped: 'has PostgreSQL down',
    crashed: 'had PostgreSQL crash',
  },
  patroni: { alive: 'runs Patroni', silent: 'has a silent Patroni' },
  paused: { yes: 'is paused (maintenance mode)', no: 'is not paused' },
  unlocked: { yes: 'reports the cluster unlocked', no: 'reports the cluster locked' },
  membership: { present: 'is a member', leaving: 'is leaving', gone: 'is gone' },
}

/** What changed, to stand behind the name of the member. */
export function changeInWords({ facet, to }: Transition): string {
  return stateInWords(facet, to)
}

/** A value of a facet, to stand behind the name of the member; `unknown` is given by name. */
export function stateInWords(facet: string, value: string): string {
  const known = WORDS[facet]?.[value]
  if (known !== undefined) return known
  if (facet === 'lockView') return `names ${value} as leader`
  if (facet === 'upstream' && value.startsWith('following:')) return `follows ${value.slice('following:'.length)}`
  return `${facet} is ${value}`
}
