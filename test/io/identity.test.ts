import assert from 'node:assert/strict'
import { it } from 'node:test'
import { identify } from '../../src/io/files/identity.ts'
import { rotationOf, stem } from '../../src/model/file-names.ts'

const UID = '0f5e2a52-5a3e-4a0e-9b3c-6f7a1f1d2c3b'

function who(path: string, given: number | null = null): string {
  const { cluster, member, basis } = identify({ path, given })
  return `${cluster} ${member} (${basis})`
}

it('knows a file that was named by its own name, or by the folders it lies in', () => {
  const known = {
    'patroni.log': 'null null (none)',
    './patroni.log': 'null null (none)',
    'pg-0.log': 'pg pg-0 (pod name)',
    'db1.log': 'null db1 (file name)',
    'demo/db1.log': 'demo db1 (file name)',
    'demo/pg-0.log.2.gz': 'demo pg-0 (file name)',
    'demo/db1.log-20260101.gz': 'demo db1 (file name)',
    'demo/db1/patroni.log': 'demo db1 (path)',
    'demo/db1/log/patroni.log.1': 'demo db1 (path)',
    'demo/pg-0/Logs/postgresql-7.csv': 'demo pg-0 (path)',
    'demo/pg-0/weird.log': 'demo pg-0 (path)',
    'pg-0/pg-0.log': 'pg pg-0 (pod name)',
    '/tmp/score-abc123/acid-orders-0/patroni.log.gz': 'acid-orders acid-orders-0 (pod name)',
    '/home/me/acid-orders-0.log': 'acid-orders acid-orders-0 (pod name)',
    '/var/log/patroni/patroni.log': 'null null (none)',
    '/var/log/postgresql/postgresql-15-main.log': 'null null (none)',
    'acid-orders-0.postgresql-7.pg.csv.log.gz': 'acid-orders acid-orders-0 (pod name)',
    'acid-orders-0.stream.jsonl.gz': 'acid-orders acid-orders-0 (pod name)',
    'db1.example.com.log': 'null db1.example.com (file name)',
  }
  for (const [path, expected] of Object.entries(known)) assert.equal(who(path), expected, path)
})

it('looks only below the folder that was given', () => {
  assert.equal(who('case/demo/db1.log', 1), 'demo db1 (file name)')
  assert.equal(who('case/demo/db1.log', 2), 'null db1 (file name)')
  assert.equal(who('case/demo/db1/any.log', 1), 'demo db1 (path)')
  assert.equal(who('case/demo/db1/any.csv', 1), 'demo db1 (path)')
  assert.equal(who('case/pg-1/patroni.log', 1), 'pg pg-1 (pod name)')
  assert.equal(who('case/patroni.log', 1), 'null null (none)')
  assert.equal(who('pg-1/patroni.log', 1), 'pg pg-1 (pod name)')
  assert.equal(who('/tmp/x/demo/pg-1/patroni.log', 2), 'demo pg-1 (path)')
})

it('reads the paths of support bundles', () => {
  const bundles = {
    'gitlabsos.db1_20260101120000/var/log/gitlab/patroni/current': 'null gitlabsos.db1_20260101120000 (path)',
    'previous/pg-0.log': 'pg pg-0 (pod name)',
    'gather/namespaces/shop/pods/db1/database/database/logs/current.log': 'shop db1 (path)',
  }
  for (const [path, expected] of Object.entries(bundles)) assert.equal(who(`case/${path}`, 1), expected, path)
})

it('reads the paths of Kubernetes and of Spilo', () => {
  const pod = `/var/log/pods/shop_acid-orders-0_${UID}/postgres/0.log`
  assert.equal(who(pod), 'shop/acid-orders acid-orders-0 (pod name)')
  assert.equal(who(`${pod}.20260101-120000.gz`, 2), 'shop/acid-orders acid-orders-0 (pod name)')
  const container = `/var/log/containers/acid-orders-1_shop_postgres-${'0a'.repeat(32)}.log`
  assert.equal(who(container), 'shop/acid-orders acid-orders-1 (pod name)')
  assert.equal(
    who('spilo/shop-acid-orders/log/acid-orders-0/2026-01-01.csv.gz'),
    'shop/acid-orders acid-orders-0 (path)',
  )
  assert.equal(
    who(`b/spilo/shop-acid-orders/${UID}/log/2026-01-01/acid-orders-0/2026-01-01-13.csv.gz`, 1),
    'shop/acid-orders acid-orders-0 (path)',
  )
  assert.equal(who('spilo/orders/log/i-0abc/2026-01-01.csv.gz'), 'orders i-0abc (path)')
})

it('sees through endings and rotations', () => {
  for (const file of [
    'a-b.log',
    'a-b.log.1',
    'a-b.log.10.gz',
    'a-b-20260101.log',
    'a-b.log-2026-01-01',
    'a-b.2026-01-01T10.json.zst',
  ])
    assert.equal(stem(file), 'a-b', file)
  assert.equal(rotationOf('postgresql-1.csv'), rotationOf('postgresql-7.csv'))
  assert.equal(rotationOf('postgresql-1-00.csv.gz'), rotationOf('postgresql-7-23.csv'))
  assert.equal(rotationOf('postgresql-2026-01-01_000000.log'), rotationOf('postgresql-2026-01-02_000000.log'))
  assert.notEqual(rotationOf('postgresql-1.csv'), rotationOf('postgresql-1.log'))
  assert.equal(rotationOf('0.log'), rotationOf('1.log.20260101-120000.gz'))
  assert.notEqual(rotationOf('pg-0.log'), rotationOf('pg-1.log'))
})
