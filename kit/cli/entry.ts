/**
 * Runs the command line from its sources: before a project is set up, and whenever they changed since they were bundled.
 * Then they are bundled for the next start. Node's compile cache is turned on before anything else is loaded.
 */
import { existsSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")
enableCompileCache(`${root}/.cache/compile`)
if (existsSync(`${root}/.cache/setup`)) await (await import("./bundle/refresh.ts")).refreshBundle(root)
await import("./main.ts")
