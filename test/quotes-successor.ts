import { type ClusterStory, demo } from './story.ts'

/** The leader is stopped gracefully; its last line, by a clock so many seconds ahead, quotes its successor as a replica. */
export function quotesSuccessor(seconds: number): ClusterStory {
  const body = {
    state: 'running',
    role: 'replica',
    server_version: 150018,
    xlog: { received_location: 69265328, replayed_location: 69265328 },
    timeline: 1,
    patroni: { version: '3.0.2', scope: 'demo', name: 'pg-1' },
  }
  return demo()
    .logsOnly()
    .clockAhead('pg-0', seconds)
    .gracefulStop('pg-0', 100, 'pg-1')
    .says('pg-0', 103.2, `Got response from pg-1 http://10.0.0.1:8008/patroni: ${JSON.stringify(body)}`)
    .until(400)
}
