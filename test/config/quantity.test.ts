import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { formatDuration, formatSize, parseDuration, parseSize } from '../../src/config/quantity.ts'

it('reads durations with their units', () => {
  const known = {
    '30s': 30_000,
    '1h30min': 5_400_000,
    '1.5s': 1_500,
    '250ms': 250,
    '2d': 172_800_000,
    '10m': 600_000,
    '0': 0,
  }
  for (const [text, ms] of Object.entries(known)) assert.equal(parseDuration(text), ms, text)
  for (const text of ['', '30', '30 s', 's', '-1s', '1S', '1e3s', '30s '])
    assert.equal(parseDuration(text), undefined, text)
})

it('reads sizes, telling a million from 2^20', () => {
  const known = {
    '16MiB': 16_777_216,
    '250MB': 250_000_000,
    '1kB': 1000,
    '1KiB': 1024,
    '0.5GiB': 536_870_912,
    '8192B': 8192,
    '0': 0,
    '2TiB': 2_199_023_255_552,
    '2TB': 2_000_000_000_000,
  }
  for (const [text, bytes] of Object.entries(known)) assert.equal(parseSize(text), bytes, text)
  for (const text of ['', '16', '16 M', '16M', '16mib', '-1MB', '1MBB']) assert.equal(parseSize(text), undefined, text)
})

it('writes what it reads back', () => {
  assert.equal(formatDuration(0), '0s')
  fc.assert(fc.property(fc.nat(), (number) => parseDuration(formatDuration(number)) === number))
  fc.assert(fc.property(fc.nat(), (number) => parseSize(formatSize(number)) === number))
})
