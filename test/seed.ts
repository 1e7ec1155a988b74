/**
 * Loaded before each test file: made-up inputs are the same in every run, so that a red run is red again. Another seed:
 * `SEED=$RANDOM npm test`.
 */
import fc from 'fast-check'

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.SEED ?? 20260304) })
