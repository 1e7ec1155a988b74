/** Epochs of one topic differ by less than this, those of two topics by more. */
const TOPIC = 1024

/** Epoch of a topic that was never truncated, by a number that tells topics apart; each truncation adds one. */
export const epochOf = (topic: number): number => topic * TOPIC

/** Whether two epochs are of the same topic: then the later one is the greater; of two topics neither is. */
export const sameTopic = (a: number, b: number): boolean => Math.floor(a / TOPIC) === Math.floor(b / TOPIC)
