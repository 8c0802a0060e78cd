/**
 * A plan says exactly what its run then does, and both keep the rule of what counts. Each kind of edit by itself, then
 * random ones, also several at once. REPRO_SEED sets the seed of the random ones; a failure names it.
 */
import { expect, it } from "vitest"
import { eachEdit, editsOf } from "../support/edits/random-edits.ts"
import { Walk } from "../support/edits/walk.ts"

const SEED = process.env.REPRO_SEED ?? "1"

/** Seconds that each test may take before it stops walking; a few steps are always made. */
const SECONDS = 20

it("each kind of edit by itself: comments, locals and what nobody reaches never count, all else does (zenml#3880)", () => {
  const walk = new Walk()
  walk.step([], "the first run")
  const [harmful, harmless] = [
    eachEdit().filter(({ kind }) => kind === "change"),
    eachEdit().filter(({ kind }) => kind !== "change"),
  ]
  // None of these may make anything run, so that one run shows it for all of them.
  walk.step(harmless, "all that doesn't count")
  for (const edit of harmful) walk.step([edit], "by itself")
  expect(walk.steps).toBeGreaterThan(harmful.length / 2)
}, 600_000)

it("random edits, several at once, with results and records that go missing", () => {
  const walk = new Walk()
  const edits = editsOf(SEED)
  walk.step([], "the first run")
  const end = performance.now() + SECONDS * 1000
  for (let count = 0; count < 5 || (performance.now() < end && count < 40); count++)
    walk.step(edits(walk.state), `seed ${SEED}, edit ${count}`)
}, 600_000)
