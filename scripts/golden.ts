/** Writes `expected.txt` of every recorded incident and good day, and what receivers are sent, anew. The diff is the review. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../src/root.ts'
import { goldenFolders, goldenStory } from '../test/golden/story.ts'
import { goldens } from '../test/notify/goldens.ts'

for (const folder of await goldenFolders()) {
  await writeFile(join(folder, 'expected.txt'), await goldenStory(folder))
  console.log(join(folder, 'expected.txt'))
}

for (const [name, text] of Object.entries(await goldens())) {
  const file = join(root, 'test/notify/golden', name)
  await writeFile(file, text)
  console.log(file)
}
