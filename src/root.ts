import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Root of the running package: the folder above this file that holds `parsers/` and `rules/`. In a checkout that is
 * the checkout, in a build `dist/`; both list their shelves alike.
 */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Root of the installed package, where `package.json`, `samples/` and `docs/` stand. */
export const packageRoot = existsSync(join(root, 'package.json')) ? root : dirname(root)
