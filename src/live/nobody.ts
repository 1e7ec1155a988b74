import type { NotifySection } from '../config/sections/notify.ts'

/** Where nobody is to be told. */
export const NOBODY: NotifySection = { receivers: {}, routes: [], silences: [], windows: [] }
