/** Hashing a file of 2 GB: the kit's way beside `openssl` and what coreutils have. */
import { spawnSync } from "node:child_process"
import { randomFillSync } from "node:crypto"
import * as fs from "node:fs"
import { root } from "../../scripts/lib/paths.ts"
import { say } from "../../scripts/lib/progress.ts"
import { benchFolder, inTurns } from "./measure.ts"

const BYTES = 2_000_000_000
const CHUNK = 1 << 24

const layFile = (file: string): void => {
  if (fs.statSync(file, { throwIfNoEntry: false })?.size === BYTES) return
  const handle = fs.openSync(file, "w")
  const chunk = randomFillSync(Buffer.alloc(CHUNK))
  for (let written = 0; written < BYTES; written += CHUNK)
    fs.writeSync(handle, chunk, 0, Math.min(CHUNK, BYTES - written))
  fs.closeSync(handle)
}

/** Prints rows: whole processes, Node's start-up included. */
export const hashing = (): void => {
  const file = `${benchFolder}/two-gigabytes`
  say("a file of 2 GB …")
  layFile(file)
  const script = `import { hashFile } from "${root}/kit/store/hash-file.ts"; console.log(await hashFile(process.argv[1]))`
  const commands = [
    ["repro's hashFile", process.execPath, "--input-type=module", "--eval", script, file],
    ["openssl dgst -sha256", "openssl", "dgst", "-sha256", file],
    ["sha256sum", "sha256sum", file],
  ].filter(([, program = ""]) => spawnSync(program, ["--version"]).error === undefined)
  const found = inTurns(
    commands.map(([, ...command]) => ({ folder: root, command })),
    5,
  )
  const ours = found[0]?.seconds ?? Number.NaN
  console.log("\n| hashing a file of 2 GB, as a whole process | seconds | of ours | CPU |\n|---|---|---|---|")
  for (const [index, { seconds = Number.NaN, cpu }] of found.entries())
    console.log(
      `| ${commands[index]?.[0]} | ${seconds.toFixed(2)} | ${(seconds / ours).toFixed(2)} × | ${cpu.toFixed(2)} s |`,
    )
}
