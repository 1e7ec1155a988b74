/** Values of the facets of a member; `unknown` is a value of each. `upstream` is `following:<member>` or `none`. */
export interface FacetValues {
  role: 'leader' | 'replica' | 'standby_leader' | 'none'
  lockView: string
  failsafe: 'off' | 'holding'
  dcs: 'reachable' | 'unreachable'
  upstream: string
  replication: 'streaming' | 'archive' | 'stopped'
  replay: 'moving' | 'still' | 'paused'
  postgres: 'running' | 'starting' | 'stopped' | 'crashed'
  patroni: 'alive' | 'silent'
  paused: 'yes' | 'no'
  unlocked: 'yes' | 'no'
  membership: 'present' | 'leaving' | 'gone'
}

export type FacetName = keyof FacetValues
export type Basis = 'logged' | 'inferred' | 'measured' | 'expired'
