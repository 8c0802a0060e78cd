/**
 * Makes the project's Python environments under `.cache/`: uv in one of its own, the worker's and the notebooks'.
 * `make setup` runs it after the Node packages are there. It does nothing when all is as the locks say, and repairs
 * what an interrupted run left behind.
 *
 * REPRO_WORKER_LOCK=gpu installs the worker's packages for an NVIDIA GPU (default: cpu); REPRO_PYTHON names the Python.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { $ } from "zx"
import { type Environment, ensure, installUv, syncWithUv } from "./lib/environment.ts"
import { root } from "./lib/paths.ts"
import { Complaint, main } from "./lib/progress.ts"

/** The worker's lock that the environment asks for. */
const workerLock = (): string => {
  const name = process.env.REPRO_WORKER_LOCK || "cpu"
  const lock = join(root, "worker", "locks", `${name}.txt`)
  if (!/^[\w-]+$/.test(name) || !existsSync(lock))
    throw new Complaint(`there is no worker lock named "${name}". Set REPRO_WORKER_LOCK to cpu or gpu.`)
  return lock
}

/** The Python that the checks settle on; what is missing they have said on stderr. */
const findPython = async (): Promise<string> => {
  const result = await $({ cwd: root, stdio: ["ignore", "pipe", "inherit"], nothrow: true })`sh scripts/check-tools.sh`
  if (result.exitCode !== 0) throw new Complaint("nothing was installed; mend the above, then run it again.")
  return result.stdout.trim()
}

await main("setup", async () => {
  const worker: Environment = { name: "worker-venv", what: "the worker's packages", lock: workerLock() }
  const notebook: Environment = {
    name: "notebook-venv",
    what: "the notebooks' packages",
    lock: join(root, "notebooks", "locks", "notebooks.txt"),
  }
  const uv: Environment = { name: "uv-tool", what: "the installer uv", lock: join(root, "scripts", "uv.lock.txt") }
  const python = await findPython()
  await ensure(uv, python, () => installUv(uv, python))
  await ensure(notebook, python, (fresh) => syncWithUv(notebook, python, fresh))
  await ensure(worker, python, (fresh) => syncWithUv(worker, python, fresh))
})
