/** Checking 100,000 objects beside reading them with as many plain readers. */
import { hash, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import { objectPath, prepareStore } from "../../kit/store/layout.ts"
import { root } from "../../scripts/lib/paths.ts"
import { say } from "../../scripts/lib/progress.ts"
import { benchFolder, inTurns } from "./measure.ts"

const OBJECTS = 100_000
/** As small as JSON values are, and as large as tables: with warm caches, hashing counts the more the larger they are. */
const SIZES = [1_024, 16_384]

const layStore = (folder: string, size: number): void => {
  if (fs.existsSync(`${folder}/complete`)) return
  const store = { root: folder }
  prepareStore(store)
  for (let index = 0; index < OBJECTS; index++) {
    const bytes = randomBytes(size)
    fs.writeFileSync(objectPath(store, hash("sha256", bytes)), bytes, { mode: 0o444 })
  }
  fs.writeFileSync(`${folder}/complete`, "")
}

const READERS = os.availableParallelism()

const verifyingOf = (size: number): void => {
  const store = `${benchFolder}/objects-${OBJECTS}-${size}`
  say(`${OBJECTS} objects of ${size} bytes …`)
  layStore(store, size)
  const script = `${import.meta.dirname}/readers.mjs`
  const commands = [
    ["repro verify", "bin/repro", "verify", "--store", store],
    [`${READERS} plain readers`, process.execPath, script, `${store}/objects`, `${READERS}`],
  ]
  const found = inTurns(
    commands.map(([, ...command]) => ({ folder: root, command })),
    3,
  )
  const [ours, plain] = found.map(({ seconds = Number.NaN }) => seconds) as [number, number]
  console.log(`\n| ${OBJECTS} objects of ${size} bytes | seconds | CPU |\n|---|---|---|`)
  for (const [index, { seconds = Number.NaN, cpu }] of found.entries())
    console.log(`| ${commands[index]?.[0]} | ${seconds.toFixed(2)} | ${cpu.toFixed(2)} s |`)
  console.log(`\nVerifying goes at ${(plain / ours).toFixed(2)} of the readers' speed (goal: 0.9).`)
}

/** Prints tables: whole processes, with warm file caches. */
export const verifying = (): void => {
  for (const size of SIZES) verifyingOf(size)
}
