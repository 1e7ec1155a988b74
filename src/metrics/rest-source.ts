import type { PatroniRestSettings } from '../config/sections/metrics.ts'
import { readPoll } from '../ingest/readings/index.ts'
import { type Poll, type RestPoller, restPoller } from '../io/patroni-rest/poller.ts'
import { accessOf } from './settings.ts'
import type { SourceHooks } from './source.ts'

const INTERVAL = 10_000

/** Reads the REST API of the members of one cluster; what failed is a reading too. */
export function restSource(settings: PatroniRestSettings, hooks: SourceHooks): RestPoller {
  const { cluster = null, members, discover = true, interval = INTERVAL, ...access } = settings

  function onPoll(poll: Poll): void {
    const { member, path, time } = poll
    const readings = readPoll({ ...poll }, path, { member, time, cluster, via: path })
    if ('reject' in readings) hooks.onProblem(`${member} ${path}: ${readings.reject}`)
    else hooks.onReadings(readings)
  }

  return restPoller({ access: accessOf(access), members, discover, interval, clock: hooks.clock, onPoll })
}
