/** Writes `expected.txt` of every recorded incident and good day anew. The diff is the review. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { goldenFolders, goldenStory } from '../test/golden/story.ts'

for (const folder of await goldenFolders()) {
  await writeFile(join(folder, 'expected.txt'), await goldenStory(folder))
  console.log(join(folder, 'expected.txt'))
}
