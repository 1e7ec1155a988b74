import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { every } from '../../src/live/every.ts'
import { until } from '../kafka/help.ts'

describe('work that is done again and again', () => {
  it('is done after each pause, never twice at a time, and errors do not end it', async () => {
    let [running, most, done] = [0, 0, 0]
    const errors: string[] = []
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await sleep(5)
      running--
      if (++done === 2) throw new Error('once')
    }
    const repeated = every(1, work, (error) => errors.push(String(error)))
    await until('four times', () => done >= 4)
    await repeated.stop()
    assert.deepEqual([most, running, errors], [1, 0, ['Error: once']])
  })

  it('ends when it is told to, after what is under way', async () => {
    let [began, done] = [0, 0]
    const work = async (): Promise<void> => {
      began++
      await sleep(20)
      done++
    }
    const repeated = every(1, work, () => {})
    await until('the begin', () => began === 1)
    await repeated.stop()
    assert.equal(done, 1)
    await sleep(20)
    assert.equal(began, 1)
    const never = every(5, work, () => {})
    await never.stop()
    await sleep(20)
    assert.equal(began, 1)
  })
})
