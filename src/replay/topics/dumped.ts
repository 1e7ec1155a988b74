/** A record as `kcat -J` prints it, or as it would print what `kafka-console-consumer` printed. */
export interface Dumped {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly ts?: number
  /** Names and values in turn. */
  readonly headers?: readonly (string | null)[]
  readonly key?: string | null
  payload: string | null
}
