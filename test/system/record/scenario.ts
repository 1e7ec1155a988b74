import type { Expectation } from './expect.ts'
import type { Setup } from './patroni.ts'
import type { Recording } from './recording.ts'

export type Step = (recording: Recording) => Promise<void>

/** A kind of run: what is done when (seconds after the start of the scenario), and what replay may say of it. */
export type Scenario = {
  title: string
  setup?: Partial<Setup>
  /** A second cluster on the same etcd, which nothing is done to; its files stand in a folder of its namespace. */
  beside?: Partial<Setup>
  /** Kilobytes of WAL a second; 200 when not given. */
  write?: number
  seconds: number
  steps: readonly (readonly [at: number, step: Step])[]
  expect: Expectation
}
