import { registerPackageNames } from '../io/own-rules.ts'

// Imported before an operator's stories run: `patrolog/…` is this package.
registerPackageNames()
