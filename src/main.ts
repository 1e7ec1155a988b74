import { registerHooks } from 'node:module'

/** Where the files of this program stand: the checkout, or `dist/`. */
const own = new URL('../', import.meta.url).href
const suffix = import.meta.url.slice(-3)
const format = suffix === '.ts' ? 'module-typescript' : 'module'

// Files of the program import each other by the whole path, and are what they look like. To search the disk for each of
// them, and for the package it belongs to, costs a short replay a tenth of its time.
registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context
    if (!/^(?:\.\.?\/|file:)/.test(specifier) || !specifier.endsWith(suffix) || parentURL?.startsWith(own) !== true)
      return next(specifier, context)
    return { url: new URL(specifier, parentURL).href, format, shortCircuit: true }
  },
})

const { run } = await import('./commands/run.ts')
process.exitCode = await run(process.argv.slice(2))
