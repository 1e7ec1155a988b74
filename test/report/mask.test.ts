import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mask } from '../../src/report/mask.ts'

describe('what is shown of a line', () => {
  for (const [line, shown] of [
    ['user=u password=hunter2 host=h', 'user=u password=*** host=h'],
    ["password='it''s \\' x' host=h", 'password=*** host=h'],
    ['sslpassword = "a b", host=h', 'sslpassword = ***, host=h'],
    ['PGPASSWORD=hunter2 psql -h db', 'PGPASSWORD=*** psql -h db'],
    ['env AWS_SECRET_ACCESS_KEY=ab/c+d wal-g', 'env AWS_SECRET_ACCESS_KEY=*** wal-g'],
    ['replication_password=x;y', 'replication_password=***;y'],
    ["ALTER ROLE app PASSWORD 'hunter2' LOGIN", "ALTER ROLE app PASSWORD '***' LOGIN"],
    ['{"password": "a\\"b", "user": "u"}', '{"password": "***", "user": "u"}'],
    ["{'username': 'u', 'password': 'hunter2'}", "{'username': 'u', 'password': '***'}"],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer ***'],
    ['postgres://app:p@ss@db:5432/x', 'postgres://app:***@db:5432/x'],
    ['redis://:hunter2@cache/0', 'redis://:***@cache/0'],
  ] as const)
    it(`hides the secret in ${line.replace(/hunter2/, '…')}`, () => assert.equal(mask(line), shown))

  it('is all that is no secret', () => {
    for (const line of [
      'FATAL:  password authentication failed for user "standby"',
      'parameter "password_encryption" changed to "scram-sha-256"',
      'GET http://10.0.0.1:8008/patroni',
      'no password supplied; basic auth is off',
      'syntax error: unexpected token: "}"',
    ])
      assert.equal(mask(line), line)
  })
})
