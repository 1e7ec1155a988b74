import type { Sending } from '../model/sending.ts'
import type { Operation, Talk } from './state.ts'

/** What to do next for a receiver. `find`: ask whether it arrived, where that can be asked, before it is sent again. */
export type Step =
  | { readonly step: 'send' | 'find'; readonly talk: Talk; readonly op: Operation; readonly sending: Sending }
  | { readonly step: 'push'; readonly sending: Sending }
