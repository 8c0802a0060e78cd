/** The local executor as the command line sets it up: one thread a process, strict reads where asked. */
import * as fs from "node:fs"
import type * as Layer from "effect/Layer"
import type { Executor } from "../executors/executor.ts"
import { localExecutor } from "../executors/local.ts"
import type { Project } from "../project.ts"

/** Homes of worker processes lie here, one folder for each driver's process id. */
const homes = (project: Project): string => `${project.cache}/workers`

export const localLayer = (project: Project): Layer.Layer<Executor> => {
  sweep(homes(project))
  return localExecutor(project, {
    threads: 1,
    strict: process.env.REPRO_STRICT === "1" || process.env.CI === "true",
    home: `${homes(project)}/${process.pid}`,
  })
}

/** Removes the homes of drivers that are gone. */
const sweep = (folder: string): void => {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    try {
      process.kill(Number(name), 0)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH")
        fs.rmSync(`${folder}/${name}`, { recursive: true, force: true })
    }
  }
}
