const BLANK = 32
/** Digits of a time in ns, which end a line of the influx protocol; a log line that came so has quotes before. */
const NANOSECONDS = 19

/** Whether bytes[from, to) are a line of the influx protocol that holds a metric. */
export function isInfluxMetric(bytes: Uint8Array, from: number, to: number): boolean {
  let at = to
  while (at > from && (bytes[at - 1] as number) >= 48 && (bytes[at - 1] as number) <= 57) at--
  if (to - at !== NANOSECONDS || bytes[at - 1] !== BLANK) return false
  return INFLUX.test(decoder.decode(bytes.subarray(from, Math.min(to, from + 2000))))
}

const INFLUX = /^[\w.-]{1,200},\S{1,1500} [\w.-]{1,200}=[-+\d.eE]{1,40}[iu]?[ ,]/

const decoder = new TextDecoder()
