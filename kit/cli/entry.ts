/** The first file that runs: turns on Node's compile cache before anything else is loaded. */
import { enableCompileCache } from "node:module"

enableCompileCache(`${import.meta.dirname}/../../.cache/compile`)
await import("./main.ts")
