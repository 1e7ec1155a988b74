import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { UsageError } from '../../src/config/problem.ts'

function problems(kafka: object, rest: object = {}): readonly string[] {
  try {
    loadConfig(JSON.stringify({ kafka, ...rest }), 'patrolog.yaml', [])
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error))
    return error.problems.map((problem) => problem.replace(/^\S+ /, ''))
  }
  return []
}

const brokers = ['kafka-1:9092']

describe('the brokers of a configuration', () => {
  it('are hosts, addresses of IPv4 and, in brackets, of IPv6', () => {
    assert.deepEqual(problems({ brokers: ['kafka-1:9092', '10.0.0.1:9092', '[::1]:9092', '[fd00::1:2]:9092'] }), [])
    for (const wrong of ['kafka-1', '::1:9092', '[::1]', 'http://kafka-1:9092', '[kafka]:9092'])
      assert.deepEqual(
        problems({ brokers: [wrong] }),
        [`kafka.brokers.0: expected host:port or [IPv6]:port, got ${JSON.stringify(wrong)}`],
        wrong,
      )
  })

  it('are told a user or a token, whichever the mechanism takes', () => {
    const sasl = (given: object) => problems({ brokers, sasl: given })
    assert.deepEqual(sasl({ mechanism: 'plain', username: 'me', passwordFile: 'p' }), [])
    assert.deepEqual(sasl({ mechanism: 'oauthbearer', tokenFile: 't' }), [])
    assert.deepEqual(sasl({ mechanism: 'scram-sha-256' }), ['kafka.sasl: expected a username, got nothing'])
    assert.deepEqual(sasl({ mechanism: 'oauthbearer', username: 'me' }), [
      'kafka.sasl: expected no username beside oauthbearer',
    ])
  })

  it('do not go together with files, and say so at the place', () => {
    assert.deepEqual(problems({ brokers }, { sources: [{ topics: ['logs'] }, { files: ['/var/log/patroni'] }] }), [
      'sources.1.files: expected topics, since there is a section kafka: ship the files to a topic, or follow them by a service of their own',
    ])
  })
})
