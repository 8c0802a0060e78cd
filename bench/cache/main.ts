/**
 * `make bench-cache`: the cache beside DVC, Snakemake and redun, with the same trivial stages, in one run on one machine.
 * Prints Markdown for bench/README.md on stdout, and redraws the curve. Some words after it name single parts.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import { root } from "../../scripts/lib/paths.ts"
import { main, say } from "../../scripts/lib/progress.ts"
import { drawCurve } from "./curve.ts"
import { hashing } from "./hashing.ts"
import { benchFolder, inTurns, measure } from "./measure.ts"
import { installPeers } from "./peers.ts"
import { head, row } from "./table.ts"
import { type Tool, tools } from "./tools.ts"
import { verifying } from "./verifying.ts"

const [ours, snakemake, redun, dvc] = tools as readonly [Tool, Tool, Tool, Tool]

/** Who takes part, by the number of stages: what takes a peer minutes is asked at the smaller number only. */
const IDLE = new Map([
  [1_000, tools],
  [10_000, [ours, snakemake, redun]],
])
const COLD = new Map([
  [1_000, tools],
  [10_000, [ours]],
])

const TURNS = 5

const cells = <A>(some: ReadonlyArray<Tool>, found: ReadonlyArray<A>): ReadonlyArray<A | undefined> =>
  tools.map((tool) => (some.includes(tool) ? found[some.indexOf(tool)] : undefined))

const idle = (size: number, goal: string): void => {
  const some = IDLE.get(size) ?? []
  const works = some.map((tool) => {
    say(`${tool.name}: ${size} stages are made …`)
    const work = tool.lay("numbers", size)
    work.fill()
    return work.run
  })
  say(`nothing to do, ${size} stages …`)
  console.log(row(`${size} stages, nothing to do`, goal, cells(some, inTurns(works, TURNS))))
}

const cold = (size: number, goal: string): void => {
  const some = COLD.get(size) ?? []
  const found = some.map((tool) => {
    say(`${tool.name}: ${size} stages, cold …`)
    return measure(tool.lay("numbers", size).run)
  })
  console.log(row(`${size} stages, cold`, goal, cells(some, found)))
}

const changed = (size: number, goal: string): void => {
  const some = IDLE.get(size) ?? []
  const found = some.map((tool) => {
    say(`${tool.name}: one changed file among ${size} stages …`)
    const work = tool.lay("files", size)
    work.fill()
    measure(work.run)
    work.change("changed\n")
    return measure(work.run)
  })
  console.log(row(`one changed file among ${size} stages`, goal, cells(some, found)))
}

const help = (): void => {
  const commands = tools.map(({ environment, name }) =>
    environment === undefined ? `${root}/bin/repro` : `${root}/.cache/${environment}/bin/${name.toLowerCase()}`,
  )
  const found = inTurns(
    commands.map((command) => ({ folder: root, command: [command, "--help"] })),
    TURNS * 2,
  )
  console.log(row("`--help`", "≤ 0.15 s", found))
}

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  help,
  idle: () => {
    idle(1_000, "≤ 0.2 s")
    idle(10_000, "≤ 0.5 s")
  },
  cold: () => {
    cold(1_000, "≤ 2 s")
    cold(10_000, "≤ 16 s, < 350 MB")
  },
  changed: () => {
    changed(1_000, "")
    changed(10_000, "≤ 0.7 s")
  },
  hashing,
  verifying,
  curve: drawCurve,
}

const machine = (): string => {
  const load = os.loadavg().map((value) => value.toFixed(1))
  return `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Node ${process.versions.node}; load at the start: ${load.join(", ")}`
}

await main("bench-cache", async () => {
  const wanted = process.argv.slice(2)
  fs.mkdirSync(benchFolder, { recursive: true })
  fs.rmSync(`${benchFolder}/runs`, { recursive: true, force: true })
  await installPeers([snakemake, redun, dvc])
  console.log(`${machine()}\n\n${head(tools.map(({ name }) => name))}`)
  for (const [name, part] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await part()
})
