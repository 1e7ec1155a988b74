import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { loadRules } from '../../src/io/shelves.ts'
import { root } from '../../src/root.ts'

it('the example is a configuration without an error', async () => {
  const rules = (await loadRules()).map(({ meta }) => meta)
  const config = loadConfig(readFileSync(join(root, 'patrolog.example.yaml'), 'utf8'), 'patrolog.example.yaml', rules)
  assert.deepEqual(config.kafka?.brokers, ['kafka-1:9092', 'kafka-2:9092'])
  assert.deepEqual(Object.keys(config.notify?.receivers ?? {}), ['on-call', 'team'])
})
