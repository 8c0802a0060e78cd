/** A store of its own for work that must leave no trace in the project's: made for a while, then removed. */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { sweepOfDead } from "../dead-processes.ts"
import { describeErrno, StoreError } from "../errors.ts"
import type { Project } from "../project.ts"
import { prepareStore, type StoreLayout } from "../store/layout.ts"
import { removeQuietly } from "../store/remove-quietly.ts"

/** Holds an empty store among the project's caches while `use` runs. */
export const withScratchStore = <A, E, R>(
  project: Project,
  use: (store: StoreLayout) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E | StoreError, R> =>
  Effect.acquireUseRelease(
    Effect.try({
      try: () => make(`${project.cache}/reruns`),
      catch: (error) => {
        const { message, remedy } = describeErrno(error)
        return new StoreError({ message: `There is no room for a rerun: ${message}`, where: project.cache, remedy })
      },
    }),
    use,
    ({ root }) => Effect.sync(() => removeQuietly(root)),
  )

const make = (folder: string): StoreLayout => {
  const store = { root: scratchFolder(folder) }
  prepareStore(store)
  return store
}

/** A new folder of this process below one of the project's caches; those of processes that died are removed. */
export const scratchFolder = (folder: string): string => {
  fs.mkdirSync(folder, { recursive: true })
  sweepOfDead(folder)
  return fs.mkdtempSync(`${folder}/${process.pid}-`)
}
