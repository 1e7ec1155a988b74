import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from '../root.ts'

/** A script or style that stands in a page, and its hash as a Content-Security-Policy names it. */
interface Inline {
  readonly text: string
  readonly hash: string
}

/** The scripts of the page in the order in which they need one another; they run as one. */
const SCRIPTS = ['span.js', 'lanes.js', 'chart.js', 'timeline.js']

/** Reads style and script of the HTML report: ours from `src/page`, the chart's from uPlot as it is published. */
export async function pageAssets(): Promise<{ readonly style: Inline; readonly script: Inline }> {
  const page = join(root, 'src/page')
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot'))
  const read = (folder: string, names: readonly string[]) =>
    Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const [chart, own] = await Promise.all([read(uplot, ['uPlot.iife.min.js']), read(page, SCRIPTS)])
  const [chartStyle, style] = await Promise.all([read(uplot, ['uPlot.min.css']), read(page, ['page.css'])])
  const script = `${chart.join('\n')}\n(() => {\n'use strict'\n${own.map(asPart).join('\n')}\n})()\n`
  return { style: inline([...chartStyle, ...style].join('\n')), script: inline(script) }
}

/** A module as a part of one script: what it imports stands before it. */
function asPart(module: string): string {
  return module.replace(/^import .*\n/gm, '').replace(/^export /gm, '')
}

/** A browser hashes a script as the page's parser hands it over: with line feeds only. */
function inline(given: string): Inline {
  const text = given.replace(/\r\n?/g, '\n')
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error('src/page: expected no end of an element within a script')
  return { text, hash: `sha256-${createHash('sha256').update(text).digest('base64')}` }
}
