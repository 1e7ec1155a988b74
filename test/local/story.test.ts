/** Files followed by a service without Kafka: it tells what replay tells of the same files. */
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Host, newHost, type Recorded, recorded } from './host.ts'

const hosts: Host[] = []
after(() => Promise.all(hosts.map((host) => host.dispose())))

function host(): Host {
  const made = newHost()
  hosts.push(made)
  return made
}

/** Writes a run line by line; `between` is told how many slices are still to come. */
async function writeAll(on: Host, { lines }: Recorded, slices: number, between: (left: number) => Promise<void>) {
  const size = Math.ceil(lines.length / slices)
  for (let from = 0; from < lines.length; from += size) {
    for (const line of lines.slice(from, from + size)) await on.write(line)
    await between(Math.ceil((lines.length - from) / size) - 1)
    await sleep(50)
  }
}

describe('files tell what replay tells of them', { concurrency: true, timeout: 500_000 }, () => {
  it('written line by line, the files coming up one by one', async () => {
    const run = await recorded('stale-watch-after-failsafe')
    const on = host()
    const live = on.start()
    await live.port()
    await writeAll(on, run, 100, async () => {})
    await on.tellsTheSame(live, run)
  })

  for (const how of ['rename', 'copytruncate'] as const)
    it(`rotated by ${how} in the middle, csvlog included`, async () => {
      const run = await recorded('dcs-outage-failsafe-csv')
      const on = host()
      on.touch(run)
      const live = on.start()
      await live.port()
      await writeAll(on, run, 100, async (left) => {
        if (left % 30 === 10) on.rotate(how)
      })
      await on.tellsTheSame(live, run)
    })

  it('with the service killed again and again, while the files go on and are rotated', async () => {
    const run = await recorded('dcs-outage-failsafe')
    const on = host()
    on.touch(run)
    let live = on.start()
    await live.port()
    let kills = 0
    await writeAll(on, run, 200, async (left) => {
      if (left % 60 === 25) on.rotate(left > 100 ? 'rename' : 'copytruncate')
      if (left % 25 !== 0 || left === 0) return
      live.signal('SIGKILL')
      await live.ended()
      live = on.start()
      kills++
      // It is killed while it starts, while it catches up, and while it reads what comes.
      if (kills % 3 !== 0) await live.port()
      await sleep(Math.random() * 2_000)
    })
    console.log(`killed ${kills} times`)
    await on.tellsTheSame(live, run)
  })
})
