/** Random numbers that a printed seed gives again: REPRO_FAULTS_SEED chooses it. */
import { randomInt } from "node:crypto"

/** The seed of this process. */
export const seed = Number(process.env.REPRO_FAULTS_SEED ?? randomInt(2 ** 31))

/** Numbers in [0, 1) by the Mulberry32 generator. */
export const randomFrom = (start: number): (() => number) => {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
