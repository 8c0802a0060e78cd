/** The claims of a driver, and a folder for its attempts, for as long as it runs. */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { StoreError } from "../errors.ts"
import type { Project } from "../project.ts"
import { type Claims, openClaims } from "../store/claims.ts"
import { prepareStore } from "../store/layout.ts"

/** Holds the store's claims, and a folder for this driver's attempts, while `use` runs. */
export const withClaims = <A, E, R>(
  project: Project,
  use: (claims: Claims, attempts: string) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E | StoreError, R> =>
  Effect.acquireUseRelease(
    Effect.try({
      try: () => {
        prepareStore(project.store)
        const claims = openClaims(project.store)
        sweepAttempts(project, claims)
        const attempts = `${project.store.root}/attempts/${claims.driver}`
        fs.mkdirSync(attempts, { recursive: true })
        return { claims, attempts }
      },
      catch: (error) =>
        error instanceof StoreError
          ? error
          : new StoreError({
              message: (error as Error).message,
              where: project.store.root,
              remedy: "Check the disk, then run again.",
            }),
    }),
    ({ claims, attempts }) => use(claims, attempts),
    ({ claims, attempts }) =>
      Effect.sync(() => {
        fs.rmSync(attempts, { recursive: true, force: true })
        claims.close()
      }),
  )

/** Removes what drivers left that died. */
const sweepAttempts = (project: Project, claims: Claims): void => {
  const folder = `${project.store.root}/attempts`
  for (const driver of fs.readdirSync(folder)) {
    if (!claims.alive(driver)) fs.rmSync(`${folder}/${driver}`, { recursive: true, force: true })
  }
}
