import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Facet } from '../model/facet.ts'
import type { Shelf } from '../model/message.ts'
import type { Rule } from '../model/rule.ts'
import { root } from '../root.ts'

/** One file of a shelf: its id, which is its name, and what it exports by default. */
export interface Shelved<T> {
  readonly id: string
  readonly file: string
  readonly value: T
}

/** Files of a folder of knowledge, folders within included, sorted by path. Declarations are no knowledge. */
export async function listShelf(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return files
    .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => join(folder, file))
}

/** Loads a folder of knowledge, one default export a file, in the order of their paths. */
export async function loadShelf<T>(folder: string): Promise<Shelved<T>[]> {
  const files = await listShelf(folder)
  return Promise.all(
    files.map(async (file) => {
      const loaded: { default?: T } = await import(pathToFileURL(file).href)
      if (loaded.default === undefined) throw new Error(`${file}: expected a default export`)
      return { id: basename(file).replace(/\.[jt]s$/, ''), file, value: loaded.default }
    }),
  )
}

/** All messages of all programs. */
export async function loadParsers(): Promise<Shelf[]> {
  return (await loadShelf<Shelf>(join(root, 'parsers'))).map(({ value }) => value)
}

/** All shipped rules, in the order of their files. */
export async function loadRules(): Promise<Rule[]> {
  const rules = await loadShelf<Rule>(join(root, 'rules'))
  return rules.map(({ id, file, value }) => named(id, value.meta.id, file, value))
}

/** All facets, in the order of their files. */
export async function loadFacets(): Promise<Facet[]> {
  const facets = await loadShelf<Facet>(join(root, 'src', 'facets'))
  return facets.map(({ id, file, value }) => named(id, value.id, file, value))
}

function named<T>(name: string, id: string, file: string, value: T): T {
  if (name !== id) throw new Error(`${file}: expected the id ${name}, as the file is named, got ${id}`)
  return value
}
