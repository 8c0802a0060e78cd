/** The claims of a driver, and a folder for its attempts, for as long as it runs. */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { describeErrno, isOfTheMachine, StoreError } from "../errors.ts"
import type { Project } from "../project.ts"
import { type Claims, openClaims } from "../store/claims.ts"
import { checkFormat, prepareStore } from "../store/layout.ts"
import { removeQuietly } from "../store/remove-quietly.ts"

/** Holds the store's claims, and a folder for this driver's attempts, while `use` runs. */
export const withClaims = <A, E, R>(
  project: Project,
  use: (claims: Claims, attempts: string) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E | StoreError, R> =>
  Effect.acquireUseRelease(
    Effect.try({
      try: () => acquire(project),
      catch: (error) => asStoreError(project, error),
    }),
    ({ claims, attempts }) => use(claims, attempts).pipe(Effect.catchDefect((defect) => ofTheStore(project, defect))),
    ({ claims, attempts }) =>
      Effect.sync(() => {
        removeQuietly(attempts)
        claims.close()
      }),
  )

/** The driver's life comes first: whatever it writes afterwards is swept when it dies. */
const acquire = (project: Project): { readonly claims: Claims; readonly attempts: string } => {
  checkFormat(project.store)
  const claims = openClaims(project.store)
  const attempts = `${project.store.root}/attempts/${claims.driver}`
  try {
    fs.mkdirSync(attempts, { recursive: true })
    prepareStore(project.store, attempts)
    sweepAttempts(project, claims)
    return { claims, attempts }
  } catch (error) {
    removeQuietly(attempts)
    claims.close()
    throw error
  }
}

/** Removes what drivers left that died. */
const sweepAttempts = (project: Project, claims: Claims): void => {
  const folder = `${project.store.root}/attempts`
  for (const driver of fs.readdirSync(folder)) {
    if (!claims.alive(driver)) fs.rmSync(`${folder}/${driver}`, { recursive: true, force: true })
  }
}

/** A full or failing disk may be met at any step between nodes, in claims and announcements too: told as what it is. */
const ofTheStore = (project: Project, defect: unknown): Effect.Effect<never, StoreError> =>
  isOfTheMachine(defect) ? Effect.fail(asStoreError(project, defect)) : Effect.die(defect)

/** An error of the file system as one of the store. */
export const asStoreError = (project: Project, error: unknown): StoreError => {
  if (error instanceof StoreError) return error
  const { message, remedy } = describeErrno(error, project.store.root)
  return new StoreError({ message: `The store can't be used: ${message}`, where: project.store.root, remedy })
}
