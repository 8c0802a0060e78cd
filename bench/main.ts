/**
 * `make bench`: what the command line costs and where smoke's time went. Prints Markdown for bench/README.md. Start-up is
 * compared with an empty Node process in the same run; the rest are the times that the store recorded.
 */
import { spawnSync } from "node:child_process"
import * as os from "node:os"
import * as path from "node:path"
import { catalogOf } from "../kit/catalog/entries.ts"
import { openCatalog } from "../kit/catalog/open.ts"
import { openProject } from "../kit/project.ts"
import { readHeads } from "../kit/store/heads.ts"

const root = path.resolve(import.meta.dirname, "..")
const RUNS = 9

/** Median seconds of a command over several runs, in turns with the others so that they share the machine's moods. */
const inTurns = (
  commands: ReadonlyArray<readonly [name: string, ...command: ReadonlyArray<string>]>,
): ReadonlyMap<string, number> => {
  const times = new Map<string, Array<number>>(commands.map(([name]) => [name, []]))
  for (let turn = 0; turn <= RUNS; turn++) {
    for (const [name, program, ...args] of commands) {
      const begun = performance.now()
      const { status } = spawnSync(program as string, args, { cwd: root, stdio: "ignore" })
      if (status !== 0) throw new Error(`${name} ended with ${status}`)
      if (turn > 0) times.get(name)?.push((performance.now() - begun) / 1000)
    }
  }
  return new Map(
    [...times].map(([name, list]) => [name, list.sort((a, b) => a - b)[Math.floor(list.length / 2)] as number]),
  )
}

const startUp = (): void => {
  const found = inTurns([
    ["an empty Node process", "node_modules/.bin/node", "-e", "0"],
    ["`repro --help`", "bin/repro", "--help"],
    ["`repro run`, nothing to do (smoke)", "bin/repro", "run"],
    ["`make reproduce`, nothing to do", "make", "reproduce"],
  ])
  const empty = found.get("an empty Node process") as number
  console.log(`| command | median of ${RUNS} | of an empty Node process |\n|---|---|---|`)
  for (const [name, seconds] of found)
    console.log(`| ${name} | ${seconds.toFixed(2)} s | ${(seconds / empty).toFixed(1)} × |`)
}

const STAGES = `
  SELECT stage, count(*) AS nodes, round(sum(seconds), 1) AS seconds, round(max(seconds), 1) AS longest,
         round(avg((metrics->>'tokensPerSecond')::DOUBLE)) AS "tokens/s of a process",
         round(max((metrics->>'peakMemoryBytes')::DOUBLE) / 1e9, 1) AS "peak memory, GB"
  FROM runs GROUP BY stage HAVING sum(seconds) >= 1 ORDER BY sum(seconds) DESC`

const stageTimes = async (profile: string): Promise<void> => {
  const { store } = openProject(root, undefined)
  const catalog = await openCatalog(catalogOf(store, readHeads(store, "safety-tuned-llamas", profile)))
  const { columns, rows } = await catalog.query(STAGES)
  console.log(`\n| ${columns.join(" | ")} |\n|${columns.map(() => "---").join("|")}|`)
  for (const row of rows) console.log(`| ${row.map((value) => value ?? "").join(" | ")} |`)
  catalog.close()
}

console.log(`${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Node ${process.versions.node}\n`)
startUp()
await stageTimes("smoke")
