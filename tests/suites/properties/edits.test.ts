/**
 * Long walks of random edits: the plan, the run and the rule of what counts must agree after each. The seed is drawn
 * anew each time and printed; REPRO_SEED sets it, REPRO_SECONDS how long to walk (default: 180).
 */
import { randomInt } from "node:crypto"
import { expect, it } from "vitest"
import { editsOf } from "../../kit/support/edits/random-edits.ts"
import { Walk } from "../../kit/support/edits/walk.ts"

const seed = process.env.REPRO_SEED ?? String(randomInt(1_000_000))
const seconds = Number(process.env.REPRO_SECONDS ?? 180)

it(`plan, run and rule agree after random edits (seed ${seed})`, () => {
  process.stderr.write(`seed ${seed}: REPRO_SEED=${seed} repeats this walk\n`)
  const walk = new Walk()
  const edits = editsOf(seed)
  walk.step([], "the first run")
  const end = performance.now() + seconds * 1000
  let count = 0
  for (; performance.now() < end; count++) walk.step(edits(walk.state), `seed ${seed}, edit ${count}`)
  process.stderr.write(`${count} steps agreed\n`)
  expect(count).toBeGreaterThan(5)
})
