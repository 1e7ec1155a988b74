import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '../../src/root.ts'
import { goldenFolders, goldenStory, pages } from './story.ts'

const folders = await goldenFolders()

describe('recorded runs tell the story that stands beside them (npm run golden writes it anew)', () => {
  for (const folder of folders) {
    it(relative(root, folder), async () => {
      assert.equal(await goldenStory(folder), await readFile(join(folder, 'expected.txt'), 'utf8'))
    })
  }
})

describe('on a good day nobody is called', () => {
  for (const folder of folders.filter((folder) => folder.includes('healthy'))) {
    it(relative(root, folder), async () => {
      const called = (await pages(folder)).map(({ rule, subject, summary }) => `${rule} ${subject}: ${summary}`)
      assert.deepEqual(called, [])
    })
  }
})
