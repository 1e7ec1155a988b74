import { pageAssets } from '../io/page-assets.ts'
import type { Shown } from '../model/effect.ts'
import type { Reading } from '../model/sample.ts'
import type { Summary } from '../model/summary.ts'
import type { Stretch } from '../replay/hearing.ts'
import { collector } from '../report/html/collect.ts'
import { documentHtml } from '../report/html/document.ts'
import { isLeft } from './only.ts'
import type { ReplayOptions } from './options.ts'
import { pageFile } from './page-file.ts'

/** The page of a replay (`--html`): gathers what it tells, and is written at its end. */
export interface Page {
  effect(effect: Shown): void
  stretch(stretch: Stretch): void
  reading(cluster: string, reading: Reading): void
  write(summary: Summary): Promise<void>
  close(): Promise<void>
}

/** Begins the page. Throws a `UsageError` when its file cannot be written. */
export async function page(path: string, { from, to, only, timezone: zone }: ReplayOptions): Promise<Page> {
  const file = await pageFile(path)
  const told = collector(from ?? Number.NEGATIVE_INFINITY)
  return {
    effect: told.effect,
    stretch(stretch) {
      if (isLeft(only, stretch)) told.heard(stretch.cluster, stretch.member, stretch)
    },
    reading(cluster, reading) {
      if (only.clusters.length > 0 && !only.clusters.includes(cluster)) return
      told.reading(cluster, reading, only.members.length === 0 || only.members.includes(reading.member))
    },
    async write(summary) {
      await file.write(documentHtml(told, summary, { zone, from, to, assets: await pageAssets() }))
    },
    close: file.close,
  }
}
