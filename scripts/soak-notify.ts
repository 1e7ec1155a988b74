/** Kills the notify process 500 times (or as often as the argument says), and says what became of the channel. */
import { killing } from '../test/notify/killing.ts'

const KILLS = Number(process.argv[2] ?? 500)
const ROUND = 25

let wrong = 0
let duplicates = 0
let hits = 0
let messages = 0
for (let kills = 0; kills < KILLS; kills += ROUND) {
  const seed = 1000 + kills
  const round = await killing({ kills: Math.min(ROUND, KILLS - kills), incidents: 2 * ROUND, seed, mayLook: true })
  for (const problem of round.wrong) console.log(`seed ${seed}: ${problem}`)
  wrong += round.wrong.length
  duplicates += round.duplicates
  hits += round.hits
  messages += round.messages
  console.log(
    `${kills + ROUND} kills, ${hits} messages on their way then: ${messages} messages, ${duplicates} twice, ${wrong} incidents wrong`,
  )
}
process.exitCode = wrong + duplicates === 0 ? 0 : 1
