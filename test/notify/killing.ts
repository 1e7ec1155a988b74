/** Kills the notify process again and again while Slack answers slowly, wrongly or not at all, and looks at the channel. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sqliteStore } from '../../src/io/store/sqlite.ts'
import { type Fault, slackStandIn } from '../../src/standin/slack.ts'
import type { PostedMessage } from '../../src/standin/slack-channel.ts'
import { TOKEN } from './kit.ts'
import { clusterOf, ends } from './script.ts'

export interface Killing {
  readonly kills: number
  readonly incidents: number
  readonly seed: number
  /** Whether the token may read the channel. */
  readonly mayLook: boolean
}

export interface Killed {
  /** What is wrong with the channel at the end: an incident missing, or not in its final state. */
  readonly wrong: readonly string[]
  readonly duplicates: number
  /** Messages that were on their way, or without their answer, when the process was killed. */
  readonly hits: number
  readonly messages: number
  /** Answers that were lost or wrong, kills apart. */
  readonly faults: number
}

const victim = fileURLToPath(new URL('victim.ts', import.meta.url))
/** A victim that is not killed has ended by then. */
const DEADLINE = 120_000
/** A victim lives on after its first call by no more than this, ms. */
const LONGEST_LIFE = 400

export async function killing({ kills, incidents, seed, mayLook }: Killing): Promise<Killed> {
  const folder = mkdtempSync(join(tmpdir(), 'patrolog-kill-'))
  const random = generator(seed)
  let faults = 0
  let calls = 0
  const slack = await slackStandIn({
    token: TOKEN,
    channel: 'C1',
    perSecond: 200,
    burst: 50,
    fault(method) {
      calls++
      if (!mayLook && method.startsWith('conversations.')) return { error: 'missing_scope' }
      const fault = faultFor(random())
      if (method === 'chat.postMessage') {
        if (fault.lost === true || fault.done === true) faults++
      }
      return fault
    },
  })
  let hits = 0
  try {
    for (let kill = 0; kill < kills; kill++) {
      const child = start(join(folder, 'state.db'), slack.apiUrl, Math.ceil((incidents * (kill + 1)) / kills))
      const before = calls
      while (calls === before && child.exitCode === null) await elapsed(5)
      await elapsed(random() * LONGEST_LIFE)
      await end(child)
      hits += await onTheirWay(join(folder, 'state.db'))
    }
    await finish(start(join(folder, 'state.db'), slack.apiUrl, incidents))
    return { ...judged(slack.messages, incidents), hits, faults, messages: slack.messages.length }
  } finally {
    await slack.close()
    rmSync(folder, { recursive: true })
  }
}

function start(file: string, apiUrl: string, incidents: number): ChildProcess {
  return spawn(process.execPath, [victim, file, apiUrl, String(incidents)], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Messages whose intent is in the store, and whose result is not. */
async function onTheirWay(file: string): Promise<number> {
  const store = sqliteStore(file)
  const entries = [...(await store.load()).values()] as { readonly op?: { readonly kind: string } | null }[]
  await store.close()
  return entries.filter(({ op }) => op !== undefined && op !== null && op.kind !== 'update').length
}

/** Waits until everything is told. */
async function finish(child: ChildProcess): Promise<void> {
  let told = ''
  child.stdout?.on('data', (text) => {
    told += text
  })
  const late = setTimeout(() => child.kill('SIGKILL'), DEADLINE)
  while (!told.includes('done') && child.exitCode === null && child.signalCode === null) await elapsed(50)
  clearTimeout(late)
  await end(child)
  if (!told.includes('done')) throw new Error(`expected all to be told within ${DEADLINE} ms`)
}

const elapsed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** One call in five goes wrong: lost answers, cut connections, errors after the message was taken and before, rates. */
function faultFor(chance: number): Fault {
  const slow = Math.floor((chance * 1e4) % 80)
  if (chance < 0.04) return { slow, lost: true }
  if (chance < 0.08) return { cut: true }
  if (chance < 0.12) return { slow, status: 503 }
  if (chance < 0.16) return { slow, status: 500, done: true }
  if (chance < 0.2) return { status: 429, retryAfter: 0 }
  return { slow }
}

function judged(messages: readonly PostedMessage[], incidents: number) {
  const wrong: string[] = []
  const keys = messages.map(({ metadata }) => String(metadata?.event_payload.dedup_key))
  for (let number = 0; number < incidents; number++) {
    const cluster = clusterOf(number)
    const roots = messages.filter(({ threadTs, text }) => threadTs === null && text.includes(cluster))
    const wanted = ends(cluster) ? `RESOLVED ${cluster}` : `CRITICAL ${cluster} · 2 alerts`
    if (!roots.some(({ text }) => text.includes(wanted)))
      wrong.push(
        `${cluster}: expected ${wanted}, got ${roots.map(({ text }) => text.slice(0, 60)).join(' / ') || 'nothing'}`,
      )
  }
  return { wrong, duplicates: keys.length - new Set(keys).size }
}

/** Numbers from 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
