/** A TAB as it is, and as JSON and rsyslog write it; a part of a pattern. PostgreSQL puts one before what a message goes on with. */
export const TAB = String.raw`(?:\t|\\t|#011)`
