/** The peers, from PyPI by locks with hashes, each in an environment of its own that this makes when it is missing. */
import { join } from "node:path"
import { $ } from "zx"
import { type Environment, ensure, syncWithUv } from "../../scripts/lib/environment.ts"
import { root } from "../../scripts/lib/paths.ts"
import { Complaint } from "../../scripts/lib/progress.ts"
import type { Tool } from "./tools.ts"

/** Makes the environments of some tools. */
export const installPeers = async (tools: ReadonlyArray<Tool>): Promise<void> => {
  const checked = await $({ cwd: root, stdio: ["ignore", "pipe", "inherit"], nothrow: true })`sh scripts/check-tools.sh`
  if (checked.exitCode !== 0) throw new Complaint("the peers need a Python; mend the above, then run it again.")
  const python = checked.stdout.trim()
  for (const { name, environment } of tools) {
    if (environment === undefined) continue
    const lock = join(root, "bench", "cache", "locks", `${name.toLowerCase()}.txt`)
    const wanted: Environment = { name: environment, what: name, lock }
    await ensure(wanted, python, (fresh) => syncWithUv(wanted, python, fresh))
  }
}
