import { afterEach } from 'node:test'
import { type World, world } from './kit.ts'

const open: World[] = []

/** A world that is closed when the test is over. */
export async function begin(...given: Parameters<typeof world>): Promise<World> {
  const begun = await world(...given)
  open.push(begun)
  return begun
}

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})
