import type { Config } from '../config/types.ts'
import type { InputFile, InputSequence } from '../io/files/input.ts'
import type { Effect, Gap } from '../model/effect.ts'
import type { Facet } from '../model/facet.ts'
import type { Shelf } from '../model/message.ts'
import type { Rule } from '../model/rule.ts'
import type { Stretch } from './hearing.ts'
import type { MetricRange } from './prometheus-source.ts'
import type { TopicRange } from './topics/range.ts'
import type { OnReading } from './watching.ts'

export interface Knowledge {
  readonly shelves: readonly Shelf[]
  readonly facets: readonly Facet[]
  readonly rules: readonly Rule[]
}

export interface RunInputs {
  readonly logs: readonly InputSequence[]
  readonly captures: readonly InputFile[]
  readonly ranges?: readonly MetricRange[]
  readonly topics?: readonly TopicRange[]
}

/** Which events are told: all, those that a timeline shows, or none. Without any, no gaps between them are told either. */
export type Events = 'all' | 'timeline' | 'none'

export interface RunOptions {
  readonly config: Config
  /** Overrides whatever the input says. */
  readonly cluster: string | null
  /** Names the member where the input does not. */
  readonly member: string | null
  readonly zone: string
  /** Whether a log whose stamps with a zone tell the zone of the others is read in that; `zone` is not what somebody said. */
  readonly learnZones?: boolean
  /** Records later than this are left out, epoch ms. */
  readonly to: number | null
  readonly events: Events
  readonly onEffect: (effect: Effect) => void
  /** Told the gaps between events, where events are wanted, in order with the effects. */
  readonly onGap?: ((gap: Gap) => void) | undefined
  /** Told when members were heard, where events are wanted and somebody draws them. */
  readonly onStretch?: ((stretch: Stretch) => void) | undefined
  /** Told the readings as they come, when somebody draws them. */
  readonly onReading?: OnReading | undefined
  /** Asked before more is read: what it gives is waited for, so that effects do not pile up before a slow taker. */
  readonly ready?: () => Promise<void> | undefined
  readonly onProblem: (file: string, problem: string) => void
}
