/** Checking 100,000 objects beside reading them with as many plain readers, in the system's cache and from the disk. */
import { hash, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import { objectPath, prepareStore } from "../../kit/store/layout.ts"
import { defaultReaders } from "../../kit/store/verify/threads.ts"
import { root } from "../../scripts/lib/paths.ts"
import { say } from "../../scripts/lib/progress.ts"
import { dropFromCache } from "./cold.ts"
import { benchFolder, inTurns, type Measured } from "./measure.ts"

const OBJECTS = 100_000
/** As small as JSON values are, and as large as tables: in the cache, hashing counts the more the larger they are. */
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

const READERS = defaultReaders()

/** Where the objects are when a run begins. */
interface Start {
  readonly name: string
  readonly prepare?: () => void
}

const startsOf = (store: string): ReadonlyArray<Start> => {
  const way = dropFromCache(store)
  if (way === undefined)
    say("this machine has no way to drop files from its cache: what comes from the disk is left out")
  const cold = way === undefined ? [] : [{ name: `from the disk (${way})`, prepare: () => void dropFromCache(store) }]
  return [{ name: "in the system's cache" }, ...cold]
}

const verifyingOf = (size: number): void => {
  const store = `${benchFolder}/objects-${OBJECTS}-${size}`
  say(`${OBJECTS} objects of ${size} bytes …`)
  layStore(store, size)
  const script = `${import.meta.dirname}/readers.mjs`
  const commands = [
    ["bin/repro", "verify", "--store", store],
    [process.execPath, script, `${store}/objects`, `${READERS}`],
  ]
  for (const start of startsOf(store)) {
    const works = commands.map((command) => ({ ...start, folder: root, command }))
    const [ours, plain] = inTurns(works, TURNS) as [Measured, Measured]
    const [clock, cpu] = [(plain.seconds ?? Number.NaN) / (ours.seconds ?? Number.NaN), plain.cpu / ours.cpu]
    const cells = [`${size} bytes, ${start.name}`, told(ours), told(plain), clock.toFixed(2), cpu.toFixed(2)]
    console.log(`| ${cells.join(" | ")} |`)
  }
}

const TURNS = 3

const told = ({ seconds = Number.NaN, cpu }: Measured): string => `${seconds.toFixed(2)} s, CPU ${cpu.toFixed(2)} s`

/** Prints a table of whole processes; speeds beside the readers' should be at least 0.9. */
export const verifying = (): void => {
  const columns = [`${OBJECTS} objects of`, "repro verify", `${READERS} plain readers`, "speed", "by processor time"]
  console.log(`\n| ${columns.join(" | ")} |\n|${columns.map(() => "---").join("|")}|`)
  for (const size of SIZES) verifyingOf(size)
}
