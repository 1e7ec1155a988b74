/**
 * The recorded runs as another shop would have recorded them: the same pages. A variant may say more or less than the
 * full record within one kind of trouble (the stall by its lines instead of its positions), but no kind is new and none
 * is lost.
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { root } from '../src/root.ts'
import { goldenFolders, pages } from './golden/story.ts'
import { folder } from './io/folder.ts'
import { type Files, VARIANTS } from './robustness/variants.ts'

const KINDS: readonly (readonly [kind: string, rules: readonly string[]])[] = [
  [
    'a replica stands still',
    [
      'replica-stalled',
      'replica-without-upstream',
      'replica-view-stale',
      'wal-missing',
      'wal-backlog',
      'no-failover-candidate',
    ],
  ],
  [
    'nobody takes writes',
    [
      'writes-rejected',
      'no-leader',
      'leader-not-primary',
      'leader-lock-lost',
      'leader-changed',
      'failsafe-did-not-hold',
    ],
  ],
  ['a member is silent', ['patroni-silent', 'member-lost']],
  ['the DCS is away', ['dcs-unreachable', 'failsafe-active']],
]

/** Kinds that may be lost or new in one variant of a run, and why. */
const EXCEPTIONS: readonly (readonly [run: string, variant: string, kind: string, why: string])[] = [
  ['silent-stall', 'readings of one member missing', 'a replica stands still', 'only its positions say so'],
  ['replay-blocked-by-query', 'readings of one member missing', 'a replica stands still', 'only its positions say so'],
  [
    'patroni-frozen-two-primaries',
    'readings of one member missing',
    'two-leaders',
    'the promoted one is the witness that WAL of the frozen one still arrived',
  ],
  [
    'apiserver-frozen',
    'Patroni at level WARNING',
    'nobody takes writes',
    'lines of level INFO alone say that the primary restarted within a second',
  ],
  ['patroni-frozen-two-primaries', 'Patroni at level WARNING', 'a member is silent', 'no heartbeat is written'],
  [
    'patroni-frozen-two-primaries',
    'without lines of PostgreSQL',
    'data-loss-risk',
    'only PostgreSQL says so: its samples ended before the fork',
  ],
  ['pods-watch-stale', 'without lines of PostgreSQL', 'postgres-crashed', 'only PostgreSQL says so'],
  ['primary-killed', 'without lines of PostgreSQL', 'postgres-crashed', 'only PostgreSQL says so'],
  ['leader-died-and-rewound', 'without lines of PostgreSQL', 'postgres-crashed', 'only PostgreSQL says so'],
  ['patroni-killed-two-primaries', 'without lines of PostgreSQL', 'data-loss-risk', 'only PostgreSQL says so'],
  ['primary-frozen', 'without lines of PostgreSQL', 'data-loss-risk', 'only PostgreSQL says so'],
  [
    'rewind-failed',
    'Patroni at level WARNING',
    'the DCS is away',
    'said once, and no heartbeat would tell its end; that nobody takes writes is told',
  ],
  ['rewind-failed', 'without lines of PostgreSQL', 'data-loss-risk', 'only PostgreSQL says so'],
  [
    'leader-node-isolated',
    'Patroni at level WARNING',
    'the DCS is away',
    'said once, and no heartbeat would tell its end; that nobody takes writes is told',
  ],
  ['apiserver-frozen', 'a minute of all logs lost', 'nobody takes writes', 'the restart falls into that minute'],
  ['primary-killed', 'a minute of all logs lost', 'postgres-crashed', 'the crash falls into that minute'],
  [
    'leader-died-and-rewound',
    'clock of one member 3 s behind',
    'postgres-crashed',
    'its bootstrap is taken for a stop',
  ],
  ['patroni-killed-two-primaries', 'a minute of all logs lost', 'data-loss-risk', 'its lines fall into that minute'],
  ['primary-frozen', 'a minute of all logs lost', 'data-loss-risk', 'its lines fall into that minute'],
  [
    'patroni-frozen-two-primaries',
    'a minute of all logs lost',
    'nobody takes writes',
    'the promotion falls into that minute',
  ],
  [
    'leader-died-and-rewound',
    'Patroni at level WARNING',
    'a member is silent',
    'without a heartbeat it counts as alive only after a minute of answers',
  ],
  [
    'leader-node-isolated',
    'readings of one member missing',
    'a member is silent',
    'who lists its members is the new leader, and its readings are the missing ones',
  ],
  [
    'rewind-failed',
    'readings of one member missing',
    'a member is silent',
    'as above: the readings of the new leader, who alone lists its members, are the missing ones',
  ],
  [
    'patroni-frozen-two-primaries',
    'readings of one member missing',
    'a member is silent',
    'as above: nobody is left who lists or names it',
  ],
  [
    'patroni-killed-two-primaries',
    'Patroni at level WARNING',
    'two-leaders',
    'without heartbeats its last sign is an answer, and WAL went on for less than two loops after it',
  ],
  ['patroni-killed-two-primaries', 'repeated heartbeats left out', 'two-leaders', 'as above'],
  [
    'leader-died-and-rewound',
    'clock of one member 3 s behind',
    'a member is silent',
    'others list it as stopped during its bootstrap, which seems to follow its first heartbeat: taken for a stop',
  ],
  [
    'leader-node-isolated',
    'clock of one member 3 s ahead',
    'the DCS is away',
    'the successor leads before the old leader complains for a loop',
  ],
  [
    'rewind-failed',
    'clock of one member 3 s ahead',
    'the DCS is away',
    'the successor leads before the old leader complains for a loop',
  ],
  ['patroni-killed-two-primaries', 'a minute of all logs lost', 'nobody takes writes', 'so it does here'],
  ...['clock of one member 3 s ahead', 'clock of one member 3 s behind', 'a minute of all logs lost'].map(
    (variant) =>
      [
        'level-warning',
        variant,
        'nobody takes writes',
        "that it was asked for is known by PostgreSQL's shutdown line alone, which is lost or comes after the promotion",
      ] as const,
  ),
  [
    'one-member',
    'clock of one member 3 s ahead',
    'nobody takes writes',
    'that PostgreSQL was found down is stamped after the readings of its start',
  ],
  ['pause-and-dcs-outage', 'a minute of all logs lost', 'the DCS is away', 'all its lines fall into that minute'],
  [
    'dcs-outage-without-failsafe',
    'Patroni at level WARNING',
    'the DCS is away',
    'a demoted leader says nothing above INFO',
  ],
]

describe('recorded runs as another shop would have recorded them: the same kinds of pages', async () => {
  for (const path of await goldenFolders())
    it(relative(root, path), async () => {
      const files = await unpacked(path)
      const expected = await kinds(files)
      for (const { name, change } of VARIANTS) {
        const excused = EXCEPTIONS.filter(([run, variant]) => path.endsWith(`/${run}`) && variant === name)
        const without = (found: readonly string[]) => found.filter((kind) => excused.every((one) => one[2] !== kind))
        assert.deepEqual(without(await kinds(change(files))), without(expected), name)
      }
    })
})

async function unpacked(path: string): Promise<Files> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.name.endsWith('.gz'))
    .map(({ parentPath, name }) => join(parentPath, name))
  const read = async (name: string) =>
    [relative(path, name).replace(/\.gz$/, ''), gunzipSync(await readFile(name)).toString()] as const
  return new Map(await Promise.all(names.map(read)))
}

/** Kinds of trouble that a run pages for, sorted. What follows from positions alone, the backlog, counts as a stall. */
async function kinds(files: Files): Promise<string[]> {
  const alerts = await pages(folder(Object.fromEntries(files)))
  return [...new Set(alerts.map(({ rule }) => KINDS.find(([, rules]) => rules.includes(rule))?.[0] ?? rule))].sort()
}
